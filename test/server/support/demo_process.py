"""The demo's identity provider and clusters as a process, and a person who signs in."""

import html
import json
import re
import shutil
import subprocess
from pathlib import Path
from urllib.parse import urljoin

import httpx

ROOT = Path(__file__).resolve().parents[3]


class Demo:
    """`node demo/main.mjs`, and its switches for tests."""

    def __init__(self, process, config):
        self._process = process
        self.idp = config["idp"]
        self.clusters = config["cdf"]["clusters"]
        self.connections = config["connections"]

    @classmethod
    def start(cls, folder, **options):
        arguments = [f"--{name}={value}" for name, value in options.items()]
        process = subprocess.Popen(
            [
                *(shutil.which("node"), str(ROOT / "demo" / "main.mjs")),
                *(f"--ca-dir={folder}", "--until-stdin-closes", *arguments),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        line = process.stdout.readline()
        assert line.startswith(b"demo "), line
        return cls(process, json.loads(line.removeprefix(b"demo ")))

    def stop(self):
        # Its end of the pipe goes when the test's process does, even if it is killed.
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait()

    @property
    def connection(self):
        """What a page sends for the first cluster."""
        return self.connection_for(0)

    def connection_for(self, number, **changes):
        configured = self.connections[number]
        return {
            "label": configured["label"],
            "tenant": configured["tenant"],
            "clientId": self.idp["clientIds"]["native"],
            "cluster": configured["cluster"],
            "baseUrl": configured["baseUrl"],
            "authority": configured["authority"],
            "scopes": [f"https://{configured['cluster']}.cognitedata.com/.default"],
            **changes,
        }

    async def faults(self, **faults):
        await self._command("faults", faults)

    async def revoke(self, user):
        await self._command("revoke", {"user": user})

    async def expire_secret(self, expired):
        await self._command("secret", {"expired": expired})

    async def stats(self):
        async with httpx.AsyncClient(trust_env=False) as client:
            return (await client.get(f"{self.idp['url']}/__demo/stats")).json()

    async def grants(self, grant):
        return (await self.stats())["grants"].get(grant, {"requests": 0})["requests"]

    async def _command(self, name, body):
        async with httpx.AsyncClient(trust_env=False) as client:
            url = f"{self.idp['url']}/__demo/{name}"
            answer = await client.post(url, json=body)
            assert answer.status_code == 200, answer.text


class Person:
    """Enters a device code in a browser without scripts."""

    def __init__(self):
        self._client = httpx.AsyncClient(trust_env=False, follow_redirects=True)

    async def __aenter__(self):
        return self

    async def __aexit__(self, *_):
        await self._client.aclose()

    async def enter(self, device):
        await self._show(await self._client.get(device["verificationUri"]))
        form = re.search(r'<form [^>]*action="([^"]+)"', self.page)[1]
        fields = {}
        for tag in re.findall(r"<input[^>]*>", self.page):
            name, value = (re.search(rf'{a}="([^"]*)"', tag) for a in ("name", "value"))
            fields[name[1]] = value[1] if value else ""
        fields["user_code"] = device["userCode"]
        await self._show(await self._client.post(self._absolute(form), data=fields))
        return self

    async def click(self, text):
        links = re.findall(
            r'<a [^>]*href="([^"]+)"[^>]*>(.*?)</a>', self.page, re.DOTALL
        )
        link = next(href for href, label in links if text in label)
        await self._show(await self._client.get(self._absolute(link)))
        return self

    @property
    def heading(self):
        return re.search(r"<h1>(.*?)</h1>", self.page, re.DOTALL)[1]

    async def _show(self, response):
        self._url, self.page = str(response.url), response.text

    def _absolute(self, link):
        return urljoin(self._url, html.unescape(link))


async def approve(device, account):
    async with Person() as person:
        await person.enter(device)
        await person.click(account)
        await person.click("Approve")
        assert person.heading == "You have signed in"


async def decline(device, account):
    async with Person() as person:
        await person.enter(device)
        await person.click(account)
        await person.click("Decline")
