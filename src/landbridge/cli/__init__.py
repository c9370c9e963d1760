"""The command line: argv in, exit code out. No arithmetic.

Exit codes: 0 answered, 1 a fault of the program, 2 wrong input, 3 no route, 130 interrupted.
"""
