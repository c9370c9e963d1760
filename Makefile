# Two commands for everyone; scripts/ has the rest.
.PHONY: study test
study:
	@scripts/study
test:
	@scripts/test
