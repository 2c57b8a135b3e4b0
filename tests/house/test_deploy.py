"""deploy/ is readable to what reads it, and names the settings, commands, routes and ports there are."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from fastapi import FastAPI

from assistant.channels.app import create_app
from assistant.channels.cli.serve import GRACE_SECONDS
from assistant.channels.guard import LARGEST_BODY
from assistant.settings import PREFIX, Settings
from tests.house.test_docs import every_command

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
FILES = tuple(sorted(p for p in DEPLOY.rglob("*") if p.is_file()))
COMPOSE = DEPLOY / "compose" / "compose.yaml"
MANIFESTS = tuple(sorted((DEPLOY / "kubernetes").glob("*.yaml")))
UNITS = tuple(sorted((DEPLOY / "systemd").glob("*.service")))
CONTAINERFILE = (DEPLOY / "Containerfile").read_text("utf-8")
OURS = "plan-assistant:"
SECRET = re.compile(r"(?i)^\W*[\w-]*(password|secret_?key|api_key|token|_url)\s*[:=]\s*(\S.*)$")


def documents() -> Iterator[dict[str, Any]]:
    """Give every manifest."""
    for path in MANIFESTS:
        yield from yaml.safe_load_all(path.read_text("utf-8"))


def manifest(kind: str, name: str = "plan-assistant") -> dict[str, Any]:
    return next(d for d in documents() if d["kind"] == kind and d["metadata"]["name"] == name)


def services() -> dict[str, dict[str, Any]]:
    held: dict[str, dict[str, Any]] = yaml.safe_load(COMPOSE.read_text("utf-8"))["services"]
    return held


def pods() -> Iterator[dict[str, Any]]:
    for document in documents():
        if document["kind"] in ("Deployment", "Job"):
            yield document["spec"]["template"]["spec"]


def directive(name: str) -> list[str]:
    """Return what a directive of the proxy's configuration is set to."""
    return re.findall(
        rf"^\s*{name} (.+);", (DEPLOY / "nginx" / "nginx.conf").read_text("utf-8"), re.MULTILINE
    )


@pytest.fixture(scope="module")
def app() -> FastAPI:
    return create_app(Settings(_env_file=None))


def test_every_variable_is_a_setting() -> None:
    named = {v for p in FILES for v in re.findall(rf"{PREFIX}\w+", p.read_text("utf-8"))}
    assert sorted(named - {PREFIX + name.upper() for name in Settings.model_fields}) == []


def test_every_command_is_one_there_is() -> None:
    known = dict(every_command())
    said = [
        line.partition("=")[2]
        for u in UNITS
        for line in u.read_text("utf-8").split("\n")
        if "ExecStart=" in line
    ]
    entry = " ".join(re.findall(r'"([^"]+)"', re.findall(r"^CMD (.+)$", CONTAINERFILE, re.MULTILINE)[-1]))
    said += [f"plan-assistant {entry}", *(f"plan-assistant {' '.join(s['command'])}" for s in own_services())]
    said += [f"plan-assistant {' '.join(c['args'])}" for p in pods() for c in p["containers"] if "args" in c]
    assert len(said) >= 5
    for line in said:
        words = shlex.split(line)[1:]
        command = " ".join(w for w in words[:2] if w in " ".join(known) and not w.startswith("-"))
        assert [w for w in words if w.startswith("--") and w not in known[command]] == [], line


def own_services() -> list[dict[str, Any]]:
    return [s for s in services().values() if s["image"].startswith(OURS) and "command" in s]


def images() -> list[str]:
    return [
        *re.findall(r"^FROM (\S+)", CONTAINERFILE, re.MULTILINE),
        *(s["image"] for s in services().values()),
        *(c["image"] for p in pods() for c in p["containers"]),
    ]


def test_every_image_has_a_version_and_ours_is_the_same_everywhere() -> None:
    assert [i for i in images() if not re.search(r":v?\d+\.\d+[\w.-]*$", i)] == []
    assert len({i for i in images() if i.startswith(OURS)}) == 1


def test_nothing_secret_is_in_any_file() -> None:
    for path in FILES:
        text = path.read_text("utf-8")
        assert "PRIVATE KEY" not in text and not re.search(r"://[^/\s:]+:[^@\s/]+@", text), path
        for line in filter(lambda at: not at.lstrip().startswith("#"), text.split("\n")):
            found = SECRET.match(line)
            assert not found or re.match(r"[\[{./]|(true|false|null)$", found[2]), (path, line)


def test_the_image_is_built_without_a_secret_and_runs_as_nobody() -> None:
    final = CONTAINERFILE.rsplit("\nFROM ", 1)[1]
    user = re.findall(r"^USER (\d+):(\d+)$", final, re.MULTILINE)
    assert user and "0" not in user[-1] and final.index("USER") < final.index("ENTRYPOINT")
    assert "ADD " not in CONTAINERFILE and "ARG " not in CONTAINERFILE and "curl" not in CONTAINERFILE
    ignored = (ROOT / ".dockerignore").read_text("utf-8").split()
    assert {".git", ".env", "*.env", "var"} <= set(ignored)


def test_the_ports_and_probes_are_the_services_own(app: FastAPI) -> None:
    paths = {getattr(route, "path", None) for route in app.routes} | {"/healthz", "/readyz"}
    assert app.url_path_for("healthz") == "/healthz" and app.url_path_for("readyz") == "/readyz"
    port = re.findall(r"^EXPOSE (\d+)$", CONTAINERFILE, re.MULTILINE)[-1]
    assert f'"--port", "{port}"' in CONTAINERFILE and f"127.0.0.1:{port}/readyz" in CONTAINERFILE
    (container,) = manifest("Deployment")["spec"]["template"]["spec"]["containers"]
    assert [p["containerPort"] for p in container["ports"]] == [int(port)]
    probes = {k: container[k]["httpGet"]["path"] for k in ("startupProbe", "readinessProbe", "livenessProbe")}
    assert probes == {"startupProbe": "/readyz", "readinessProbe": "/readyz", "livenessProbe": "/healthz"}
    assert set(probes.values()) <= paths
    upstream = (DEPLOY / "compose" / "upstream.conf").read_text("utf-8")
    named = re.findall(r"server ([\w-]+):(\d+)", upstream)
    assert named == [(name, port) for name in services() if name.startswith("app-")] and len(named) == 2


def test_answers_under_way_are_given_their_time_wherever_a_process_is_stopped() -> None:
    unit = (DEPLOY / "systemd" / "plan-assistant@.service").read_text("utf-8")
    pod = manifest("Deployment")["spec"]["template"]["spec"]
    graces = [
        int(re.findall(r"^TimeoutStopSec=(\d+)$", unit, re.MULTILINE)[0]),
        *(int(s["stop_grace_period"].rstrip("s")) for n, s in services().items() if n.startswith("app-")),
        pod["terminationGracePeriodSeconds"] - 5,
    ]
    assert min(graces) > GRACE_SECONDS
    assert manifest("Deployment")["spec"]["strategy"]["rollingUpdate"]["maxUnavailable"] == 0


def test_the_proxy_limits_bodies_as_the_service_does_and_waits_for_no_one_long() -> None:
    assert directive("client_max_body_size") == [f"{LARGEST_BODY // 1024}k"]
    for name in ("client_header_timeout", "client_body_timeout", "send_timeout"):
        assert 0 < int(directive(name)[0].rstrip("s")) <= 30
    assert directive("proxy_set_header X-Forwarded-For") == ["$remote_addr"]
    assert "proxy_buffering off" in (DEPLOY / "nginx" / "nginx.conf").read_text("utf-8")


def test_the_proxy_shows_the_console_to_the_citys_own_network_and_passes_on_no_claim() -> None:
    config = (DEPLOY / "nginx" / "nginx.conf").read_text("utf-8")
    pattern, rules = re.findall(r"location ~ (\S*admin\S*) \{(.*?)\}", config, re.DOTALL)[0]
    assert all(re.match(pattern, path) for path in ("/admin", "/admin/", "/admin/login", "/metrics"))
    assert not re.match(pattern, "/administration")
    listed = [line.strip() for line in rules.splitlines() if line.strip().startswith(("allow", "deny"))]
    own = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"]
    assert listed == [*(f"allow {n};" for n in own), "deny all;"]
    assert directive("proxy_set_header X-Remote-User") == ['""']
    inside = manifest("Ingress", "plan-assistant-inside")
    ranges = inside["metadata"]["annotations"]["nginx.ingress.kubernetes.io/whitelist-source-range"]
    assert ranges.split(",") == own
    [rule] = inside["spec"]["rules"]
    assert {p["path"] for p in rule["http"]["paths"]} == {"/admin", "/metrics"}


def test_every_container_is_hardened() -> None:
    for name, service in services().items():
        assert service["read_only"] and service["cap_drop"] == ["ALL"], name
        assert "no-new-privileges:true" in service["security_opt"], name
        assert "privileged" not in service, name
    published = [name for name, service in services().items() if "ports" in service]
    assert published == ["proxy"]
    assert yaml.safe_load(COMPOSE.read_text("utf-8"))["networks"]["inside"] == {"internal": True}
    for pod in pods():
        assert pod["securityContext"]["runAsNonRoot"] and not pod["automountServiceAccountToken"]
        for container in pod["containers"]:
            context = container["securityContext"]
            assert context["readOnlyRootFilesystem"] and not context["allowPrivilegeEscalation"]
            assert context["capabilities"] == {"drop": ["ALL"]}


def test_what_compose_names_is_declared() -> None:
    held = yaml.safe_load(COMPOSE.read_text("utf-8"))
    for name, service in held["services"].items():
        assert set(service.get("networks", ())) <= set(held["networks"]), name
        assert set(service.get("depends_on", ())) <= set(held["services"]), name
        assert set(service.get("secrets", ())) <= set(held["secrets"]), name
        volumes = {v.partition(":")[0] for v in service.get("volumes", ()) if not v.startswith(".")}
        assert volumes <= set(held["volumes"]), name
        for waited, how in service.get("depends_on", {}).items():
            if how["condition"] == "service_healthy" and not held["services"][waited]["image"].startswith(
                OURS
            ):
                assert "healthcheck" in held["services"][waited], waited


def test_every_manifest_has_the_fields_that_kubernetes_knows() -> None:
    client = pytest.importorskip("kubernetes.client")
    for document in documents():
        if document["kind"] != "Kustomization":
            model = getattr(client, f"V1{document['kind']}")
            assert list(unknown(client, model.__name__, document, document["kind"])) == []


def unknown(client: Any, kind: str, value: Any, where: str) -> Iterator[str]:
    """Give the places of a manifest that Kubernetes' own models have no field for."""
    listed, mapped = re.fullmatch(r"[Ll]ist\[(.+)\]", kind), re.fullmatch(r"[Dd]ict[\[(]str, (.+)[\])]", kind)
    if listed or mapped:
        if not isinstance(value, list if listed else dict):
            yield f"{where} is no {kind}"
            return
        inner = (listed or mapped)[1]  # type: ignore[index]
        for key, item in enumerate(value) if listed else value.items():
            yield from unknown(client, inner, item, f"{where}.{key}")
    elif hasattr(model := getattr(client, kind, None), "attribute_map"):
        if not isinstance(value, dict):
            yield f"{where} is no {kind}"
            return
        types = {name: model.openapi_types[own] for own, name in model.attribute_map.items()}
        for key, item in value.items():
            if key in types:
                yield from unknown(client, types[key], item, f"{where}.{key}")
            else:
                yield f"{where}.{key}"
    elif kind in ("str", "int", "bool") and type(value).__name__ != kind:
        yield f"{where} is no {kind}"


def test_a_field_that_kubernetes_does_not_know_is_seen() -> None:
    client = pytest.importorskip("kubernetes.client")
    wrong = {"kind": "Service", "spec": {"ports": [{"port": "80", "target": 1}], "selectors": {}}}
    assert list(unknown(client, "V1Service", wrong, "s")) == [
        "s.spec.ports.0.port is no int",
        "s.spec.ports.0.target",
        "s.spec.selectors",
    ]


def test_kustomize_puts_the_manifests_together() -> None:
    if not shutil.which("kubectl"):
        pytest.skip("kubectl is not installed")
    built = subprocess.run(["kubectl", "kustomize", DEPLOY / "kubernetes"], capture_output=True, text=True)
    assert built.returncode == 0, built.stderr
    documents_made = list(yaml.safe_load_all(built.stdout))
    assert len(documents_made) == len(list(documents())) - 1
    made = {d["kind"]: d for d in documents_made}
    labels = {kind: made[kind]["spec"]["template"]["metadata"]["labels"] for kind in ("Deployment", "Job")}
    wanted = (made["Service"]["spec"]["selector"], made["Deployment"]["spec"]["selector"]["matchLabels"])
    for selector in (*wanted, made["PodDisruptionBudget"]["spec"]["selector"]["matchLabels"]):
        assert selector.items() <= labels["Deployment"].items()
        assert not selector.items() <= labels["Job"].items()


@pytest.mark.parametrize("unit", UNITS, ids=lambda p: p.name)
def test_systemd_accepts_the_unit(unit: Path, tmp_path: Path) -> None:
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd is not installed")
    for path in UNITS:  # what is installed elsewhere stands in the program's place
        text = re.sub(r"/opt/\S+/plan-assistant", sys.executable, path.read_text("utf-8"))
        (tmp_path / path.name).write_text(text, "utf-8")
    name = unit.name.replace("@", "@8001")
    if name != unit.name:
        (tmp_path / name).write_text((tmp_path / unit.name).read_text("utf-8"), "utf-8")
    checked = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", tmp_path / name],
        env={"SYSTEMD_UNIT_PATH": f"{tmp_path}:", "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
    )
    assert "plan-assistant" not in checked.stderr, checked.stderr


@pytest.mark.parametrize("upstream", ["nginx", "compose"])
def test_nginx_accepts_the_proxys_configuration(upstream: str, tmp_path: Path) -> None:
    if not shutil.which("nginx") or not shutil.which("openssl"):
        pytest.skip("nginx or openssl is not installed")
    key, certificate = tmp_path / "plan.key", tmp_path / "plan.crt"
    made = f"openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=plan -keyout {key} -out {certificate}"
    subprocess.run(made.split(), check=True, capture_output=True)
    config = (DEPLOY / "nginx" / "nginx.conf").read_text("utf-8").replace("/tmp/", f"{tmp_path}/")
    (tmp_path / "nginx.conf").write_text(config.replace("/etc/nginx/tls", str(tmp_path)), "utf-8")
    servers = (DEPLOY / upstream / "upstream.conf").read_text("utf-8")
    (tmp_path / "upstream.conf").write_text(re.sub(r"app-\d", "127.0.0.1", servers), "utf-8")
    checked = subprocess.run(
        ["nginx", "-t", "-q", "-p", tmp_path, "-c", tmp_path / "nginx.conf"], capture_output=True, text=True
    )
    assert (checked.returncode, checked.stderr) == (0, "")
