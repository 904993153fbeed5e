"""Paths of this site's REST API that the admin scripts request, in Node.js."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.wordpress

RUN = """
const fs = require( 'fs' );
const { script, answers, calls } = JSON.parse( fs.readFileSync( 0 ) );
const requested = [];
const errors = [];
globalThis.window = globalThis;
globalThis.document = { createElement: () => ( { setAttribute() {}, append() {}, replaceChildren() {}, children: [] } ) };
globalThis.wp = {
	i18n: { __: ( text ) => text, sprintf: ( text ) => text },
	a11y: { speak() {} },
	apiFetch: async ( { path, method } ) => {
		requested.push( `${ method } ${ path }` );
		return answers.shift();
	},
};
( 0, eval )( fs.readFileSync( script, 'utf8' ) );
( async () => {
	for ( const segments of calls ) {
		try {
			await window.amzlinkr.call( 'DELETE', segments );
		} catch ( error ) {
			errors.push( error.message );
		}
	}
	if ( answers.length ) {
		const target = { replaceChildren() {}, children: [] };
		await window.amzlinkr.importInto( target, {}, [ 'B0DEMO0000' ], 'US' );
	}
	console.log( JSON.stringify( { requested, errors } ) );
} )();
"""  # noqa: E501 -- JavaScript
HOSTILE = [
    "../../../wp/v2/users?_method=POST&roles[]=administrator&x=",
    "..", ".", "", "a/b", "a\\b", "a?b", "a#b", "%2e%2e", "US\n", None, 5, ["US"], {"a": "b"},
]  # fmt: skip


def run(plugin_dir: Path, *, calls: object = (), answers: object = ()) -> dict[str, Any]:
    """Run the shared script and return its requests and the messages of its errors."""
    payload = {"script": str(plugin_dir / "assets/admin.js"), "calls": calls, "answers": answers}
    result = subprocess.run(
        ["node", "-e", RUN], input=json.dumps(payload), capture_output=True, text=True, check=True
    )
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def test_segments_of_identifiers_are_requested(plugin_dir: Path) -> None:
    calls = [["accounts", "US"], ["products", "US", "B0DEMO0000"], ["import", "job-1_a"]]
    calls.append(["lists", "best-kettles-2"])
    found = run(plugin_dir, calls=calls)
    assert found["requested"] == [f"DELETE amzlinkr/v1/{'/'.join(path)}" for path in calls]
    assert found["errors"] == []


def test_other_segments_are_not_requested(plugin_dir: Path) -> None:
    found = run(plugin_dir, calls=[["accounts", segment] for segment in HOSTILE])
    assert found["requested"] == []
    assert len(found["errors"]) == len(HOSTILE)


def test_hostile_job_is_not_requested(plugin_dir: Path) -> None:
    found = run(plugin_dir, answers=[{"job_id": HOSTILE[0]}, {"status": "done", "results": []}])
    assert found["requested"] == ["POST amzlinkr/v1/import"]


def test_scripts_do_not_build_paths_themselves(plugin_dir: Path) -> None:
    scripts = "\n".join(path.read_text() for path in (plugin_dir / "assets").glob("*.js"))
    assert scripts.count("apiFetch(") == 1
    assert "amzlinkr/v1/" in scripts
