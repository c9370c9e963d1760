from __future__ import annotations

import pytest
from views_sample import report_data

from landbridge.result.report import ReportData
from landbridge.views.report import report_html


@pytest.fixture(scope="session")
def data() -> ReportData:
    return report_data(arcs=4)


@pytest.fixture(scope="session")
def page(data: ReportData) -> str:
    return report_html(data)
