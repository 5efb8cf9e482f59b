# Finds and installs packages, as wheels alone: nothing of them runs. `packages.py resolve <requirements> <lock>` writes what they come to, with the hashes of
# all their wheels; `packages.py install <lock> <folder>` installs exactly that. What goes wrong is printed as JSON, and ends with 1.
import glob
import importlib.util
import json
import os
import re
import subprocess
import sys
import sysconfig
import urllib.error
import urllib.parse
import urllib.request


class Failed(Exception):
    def __init__(self, kind: str, **facts):
        super().__init__(kind)
        self.facts = {"kind": kind, **facts}


def pip_command() -> list:
    """pip of this Python, or the one that it brings along for new environments."""
    if importlib.util.find_spec("pip") is not None:
        return [sys.executable, "-I", "-m", "pip"]
    bundled = os.path.join(
        sysconfig.get_paths()["stdlib"], "ensurepip", "_bundled", "pip-*.whl"
    )
    for wheel in sorted(
        [*glob.glob(bundled), *glob.glob("/usr/share/python-wheels/pip-*.whl")],
        reverse=True,
    ):
        return [sys.executable, "-I", os.path.join(wheel, "pip")]
    raise Failed("no-pip")


def run_pip(*arguments: str) -> None:
    options = [
        "--disable-pip-version-check",
        "--no-input",
        "--no-color",
        "--only-binary",
        ":all:",
        "--progress-bar",
        "off",
    ]
    command = [*pip_command(), "install", *options, *arguments]
    done = subprocess.run(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise failure_of(done.stdout)


def failure_of(output: str) -> Failed:
    missing = re.search(r"No matching distribution found for (\S+)", output)
    if missing:
        return missing_package(missing[1].rstrip(";"))
    if "DO NOT MATCH THE HASHES" in output:
        named = re.findall(
            r"^ +(\S+) (?:from|\()",
            output.split("DO NOT MATCH THE HASHES", 1)[1],
            re.MULTILINE,
        )
        return Failed("other-hash", packages=named)
    errors = [line[7:] for line in output.splitlines() if line.startswith("ERROR: ")]
    conflict = re.search(
        r"^The conflict is caused by:\n((?: {4}.+\n)+)", output, re.MULTILINE
    )
    return Failed(
        "pip",
        errors=errors or output.splitlines()[-5:],
        conflict=conflict[1] if conflict else None,
    )


def missing_package(wanted: str) -> Failed:
    """Why there is none: no such package, no such version, or no wheel of it for this Python."""
    name = re.split(r"[\[<>=!~;@ ]", wanted)[0]
    files = files_of(name)
    wheels = [one for one in files if one["name"].endswith(".whl")]
    exact = re.search(r"===?([\w.!+-]+)$", wanted)
    of_version = [
        one for one in files if exact and version_of(one["name"], name) == exact[1]
    ]
    kind = (
        "no-package"
        if not files
        else "no-version"
        if exact and not of_version
        else "no-wheel"
    )
    versions = list(
        dict.fromkeys(
            version_of(one["name"], name)
            for one in (wheels if kind == "no-wheel" else files)
        )
    )
    platform = sysconfig.get_platform()
    return Failed(
        kind, package=wanted, name=name, versions=versions[-3:], platform=platform
    )


def version_of(file: str, name: str) -> str:
    if file.endswith(".whl"):
        return file.split("-")[1]
    return re.sub(r"\.(tar\.\w+|zip|tgz)$", "", file)[len(name) + 1 :]


def files_of(name: str) -> list:
    """The files that the index has of a package, oldest first, with their hashes; none where it has no such package."""
    index = os.environ["PIP_INDEX_URL"].rstrip("/")
    url = f"{index}/{re.sub(r'[-_.]+', '-', name).lower()}/"
    accept = "application/vnd.pypi.simple.v1+json, text/html;q=0.1"
    parts = urllib.parse.urlsplit(url)
    request = urllib.request.Request(url, headers={"Accept": accept})
    if parts.username is not None:
        from base64 import b64encode

        credentials = f"{urllib.parse.unquote(parts.username)}:{urllib.parse.unquote(parts.password or '')}"
        request.add_header(
            "Authorization", "Basic " + b64encode(credentials.encode()).decode()
        )
        request.full_url = urllib.parse.urlunsplit(
            parts._replace(netloc=parts.netloc.rpartition("@")[2])
        )
    try:
        with urllib.request.urlopen(request, timeout=30) as response:
            kind, text = response.headers.get_content_type(), response.read().decode()
    except (urllib.error.URLError, OSError, ValueError):
        return []
    if kind.endswith("json"):
        return [
            {"name": one["filename"], "sha256": (one.get("hashes") or {}).get("sha256")}
            for one in json.loads(text)["files"]
        ]
    links = re.findall(r'href="([^"]+)"', text)
    return [
        {
            "name": urllib.parse.unquote(link.split("#")[0].rsplit("/", 1)[-1]),
            "sha256": (re.search(r"#sha256=([0-9a-f]{64})", link) or [None, None])[1],
        }
        for link in links
    ]


def resolve(requirements: str, lock: str) -> None:
    report = lock + ".report"
    run_pip(
        "--dry-run",
        "--ignore-installed",
        "--quiet",
        "--report",
        report,
        "-r",
        requirements,
    )
    with open(report) as file:
        installed = json.load(file)["install"]
    lines = []
    for one in sorted(installed, key=lambda one: canonical(one["metadata"]["name"])):
        name, version = canonical(one["metadata"]["name"]), one["metadata"]["version"]
        archive = one["download_info"].get("archive_info") or {}
        own = (archive.get("hashes") or {}).get("sha256") or str(
            archive.get("hash", "")
        ).rpartition("=")[2]
        # Of all wheels: those that install it may have another system than the one that wrote this.
        hashes = {
            file["sha256"]
            for file in files_of(name)
            if is_wheel_of(file["name"], version)
        } | {own}
        lines.append(
            " \\\n".join(
                [
                    f"{name}=={version}",
                    *(
                        f"    --hash=sha256:{one}"
                        for one in sorted(hashes - {None, ""})
                    ),
                ]
            )
        )
    with open(lock, "w") as file:
        file.write("".join(line + "\n" for line in lines))


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def is_wheel_of(file: str, version: str) -> bool:
    return file.endswith(".whl") and file.split("-")[1] == version


def install(lock: str, folder: str) -> None:
    run_pip(
        "--quiet",
        "--no-deps",
        "--require-hashes",
        "--no-compile",
        "--target",
        folder,
        "-r",
        lock,
    )


try:
    {"resolve": resolve, "install": install}[sys.argv[1]](sys.argv[2], sys.argv[3])
except Failed as failed:
    print(json.dumps(failed.facts))
    sys.exit(1)
