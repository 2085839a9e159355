"""Work in the background: one at a time, told of, stopped, gone on with, its faults named."""

import threading
import time
from dataclasses import replace

import pytest
from web_helpers import open_client, write_tone

from kikimimi.errors import LibraryError
from kikimimi.web.errors import ConflictError, NotFoundError
from kikimimi.web.events import EventHub
from kikimimi.web.jobs import Job, Jobs


@pytest.fixture
def jobs():
    jobs = Jobs(EventHub())
    yield jobs
    jobs.close()


def ended(job: Job) -> Job:
    for _ in range(1000):
        if job.state not in ("running", "stopping"):
            return job
        time.sleep(0.01)
    raise AssertionError(f"still {job.state}")


def wait_for(client, job_id: int) -> dict:
    for _ in range(3000):
        found = next(job for job in client.get("/api/jobs").json() if job["id"] == job_id)
        if found["state"] not in ("running", "stopping"):
            return found
        time.sleep(0.02)
    raise AssertionError(f"still {found['state']}")


def test_a_job_tells_how_far_it_is(jobs) -> None:
    told, go_on = threading.Event(), threading.Event()

    def work(job: Job) -> dict:
        job.progress(1, 3, None)
        time.sleep(0.02)
        job.progress(2, 3, None, 7.5)
        told.set()
        go_on.wait(10)
        return {"added": 3}

    job = jobs.start("index", work)
    assert told.wait(10)
    assert (job.done, job.total, job.audio_seconds) == (2, 3, 7.5)
    assert 0 < job.rate <= 50
    assert job.eta_s == pytest.approx(1 / job.rate)
    go_on.set()
    assert ended(job).state == "done"
    assert job.eta_s is None
    assert job.report == {"added": 3}


def test_one_job_of_a_kind_at_a_time(jobs) -> None:
    go_on = threading.Event()
    first = jobs.start("index", lambda job: {"waited": go_on.wait(10)})
    with pytest.raises(ConflictError):
        jobs.start("index", lambda job: {})
    other = jobs.start("layout", lambda job: {})
    assert ended(other).state == "done"
    go_on.set()
    ended(first)
    assert ended(jobs.start("index", lambda job: {})).state == "done"


def test_a_job_stops_at_its_next_safe_place(jobs) -> None:
    started = threading.Event()

    def work(job: Job) -> dict:
        started.set()
        for step in range(10_000):
            time.sleep(0.005)
            job.progress(step, 10_000, None)
        return {}

    job = jobs.start("index", work)
    assert started.wait(10)
    jobs.stop(job.id)
    assert ended(job).state == "stopped"
    assert 0 < job.done < 10_000 or job.done == 0


def test_errors_and_defects_end_a_job_with_a_message(jobs) -> None:
    def refuse(job: Job) -> dict:
        raise LibraryError("the disk is full")

    def fail(job: Job) -> dict:
        raise ZeroDivisionError

    refused, failed = jobs.start("a", refuse), jobs.start("b", fail)
    assert (ended(refused).state, refused.message) == ("failed", "the disk is full")
    assert ended(failed).state == "failed" and "defect" in failed.message


def test_few_ended_jobs_and_few_failures_are_kept(jobs, tmp_path) -> None:
    def work(job: Job) -> None:
        for _ in range(300):
            job.fail(tmp_path, "bad")

    for _ in range(30):
        job = ended(jobs.start("index", work))
    assert len(jobs.all()) <= 21
    assert jobs.all()[0].id == job.id == 30
    assert (job.failed, len(job.failures)) == (300, 200)
    with pytest.raises(NotFoundError):
        jobs.get(1)


@pytest.fixture
def more_sounds(tmp_path):
    folder = tmp_path / "more sounds"
    for number in range(6):
        write_tone(folder / f"{number}.wav", 300.0 + 100 * number, seconds=0.3)
    (folder / "bad.wav").write_text("no sound")
    return folder


def test_indexing_adds_sounds_names_bad_ones_and_remembers_the_folder(
    client, made_library, more_sounds
) -> None:
    before = client.get("/api/status").json()["library"]["sounds"]
    answer = client.post("/api/index", json={"roots": [str(more_sounds)]})
    assert answer.status_code == 202
    job = wait_for(client, answer.json()["job"]["id"])
    assert (job["state"], job["done"], job["total"]) == ("done", 7, 7)
    assert job["report"]["added"] == 6
    assert [failure["path"] for failure in job["failures"]] == [str(more_sounds / "bad.wav")]
    assert client.get("/api/status").json()["library"]["sounds"] == before + 6
    expected = sorted([str(made_library / "sounds"), str(more_sounds)])
    found = client.get("/api/folders").json()
    assert sorted(folder["path"] for folder in found) == expected
    assert all(folder["exists"] for folder in found)


def test_after_indexing_the_space_is_laid_out(client, more_sounds) -> None:
    layouts = client.app.state.kikimimi.library().layouts
    assert layouts.info("pca") is None and layouts.info("ica") is None
    started = client.post("/api/index", json={"roots": [str(more_sounds)]}).json()["job"]
    assert wait_for(client, started["id"])["state"] == "done"
    assert layouts.info("pca") is not None and layouts.info("ica") is not None


def test_a_library_that_does_not_exist_is_made_by_the_first_folder(
    settings, tmp_path, more_sounds
) -> None:
    with open_client(replace(settings, library=tmp_path / "new" / "lib.kikimimi")) as client:
        status = client.get("/api/status").json()
        assert (status["library"]["exists"], status["library"]["sounds"]) == (False, 0)
        answer = client.get("/media/1")
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "no_library")
        assert client.get("/api/folders").json()["error"]["code"] == "no_library"
        started = client.post("/api/index", json={"roots": [str(more_sounds)]}).json()["job"]
        assert wait_for(client, started["id"])["state"] == "done"
        status = client.get("/api/status").json()
        assert (status["library"]["exists"], status["library"]["sounds"]) == (True, 6)
        assert status["library"]["encoder"] == "placeholder"


def test_stopped_indexing_keeps_what_was_done_and_goes_on(
    settings, client, more_sounds, monkeypatch
) -> None:
    monkeypatch.setattr("kikimimi.library.writer._FILES_PER_COMMIT", 1)
    before = client.get("/api/status").json()["library"]["sounds"]
    reached = threading.Event()
    plain = Job.progress

    def progress(job: Job, *told, **more) -> None:
        if told[0] == 3:
            job.stop()
            reached.set()
        plain(job, *told, **more)

    monkeypatch.setattr(Job, "progress", progress)
    started = client.post("/api/index", json={"roots": [str(more_sounds)]}).json()["job"]
    assert wait_for(client, started["id"])["state"] == "stopped"
    assert reached.is_set()
    kept = client.get("/api/status").json()["library"]["sounds"] - before
    assert 2 <= kept <= 3  # of three files one may be the bad one
    client.app.state.kikimimi.library().check()
    monkeypatch.setattr(Job, "progress", plain)
    again = client.post("/api/index", json={"roots": [str(more_sounds)]}).json()["job"]
    done = wait_for(client, again["id"])
    assert (done["state"], done["report"]["added"]) == ("done", 6 - kept)


@pytest.mark.parametrize(
    ("roots", "status"),
    [
        ([], 422),
        (["relative/folder"], 422),
        (["~"], 422),
        (["/a\0b"], 422),
        (["/" + "x" * 5000], 422),
        ("/", 422),
        ([1], 422),
        (["/no/such/folder"], 400),
        (["/etc/passwd"], 400),
        (["/" + "x" * 300], 400),
    ],
)
def test_only_folders_that_exist_are_indexed(client, roots, status) -> None:
    answer = client.post("/api/index", json={"roots": roots})
    assert answer.status_code == status
    assert client.get("/api/jobs").json() == []


def test_unknown_jobs_are_404(client) -> None:
    assert client.delete("/api/jobs/5").status_code == 404
    assert client.delete(f"/api/jobs/{1 << 70}").status_code == 422


def test_indexing_by_another_process_is_a_failed_job_that_says_so(client, more_sounds) -> None:
    from kikimimi.library.locking import indexing_lock

    with indexing_lock(client.app.state.kikimimi.settings.library):
        started = client.post("/api/index", json={"roots": [str(more_sounds)]}).json()["job"]
        job = wait_for(client, started["id"])
    assert job["state"] == "failed"
    assert "another process" in job["message"]
