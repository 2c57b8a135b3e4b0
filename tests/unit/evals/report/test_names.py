"""The names: whole, and none twice."""

from evals.report.names import names


def test_no_measure_is_named_twice() -> None:
    found = [measure.name for measure in names().measures]
    assert len(found) == len(set(found))


def test_every_measure_says_what_it_means() -> None:
    assert all(measure.label and measure.definition.endswith("。") for measure in names().measures)


def test_what_has_no_name_goes_by_its_id() -> None:
    assert names().of("kind", "kpi_value") == "指標の値"
    assert names().of("kind", "hitherto_unknown") == "hitherto_unknown"
    assert names().of("municipality", "akebono") == "akebono"
