"""A session gives tokens for other services than CDF, where that is consented to."""

import json

import pytest
from support.kernel_client import claims

from jupyterlab_cdf_auth.provider_errors import explain

pytestmark = [
    pytest.mark.timeout(120),
    pytest.mark.filterwarnings("ignore:Attempted too soon"),
]

VAULT = "https://vault.azure.net/.default"
STORAGE = "https://storage.azure.com/.default"


@pytest.fixture
def cdf_auth_config(demo_config):
    return demo_config


async def test_with_and_without_consent(page, start_kernel):
    kernel = await start_kernel()
    await page.serve(await page.sign_in(), kernel.id)
    output = await kernel.run(
        "import json\nfrom cdf_auth import credential, TokenRefused\n"
        f"said = [str(get_token({VAULT!r})), credential.get_token({VAULT!r}).token]\n"
        f"for ask in (get_token, credential.get_token):\n"
        f"    try: ask({STORAGE!r})\n"
        "    except TokenRefused as error: said += [error.code, str(error)]\n"
        "said.append(str(get_token()))\n"
        "print(json.dumps(said))"
    )
    *given, code, text, code_again, text_again, after = json.loads(output)
    assert {claims(one)["aud"] for one in given} == {"https://vault.azure.net"}
    assert code == code_again == "consent_required"
    assert text == text_again
    assert "AADSTS65001: The user or administrator has not consented" in text
    assert "https://login.microsoftonline.com/error?code=65001" in text
    assert "/adminconsent?client_id=" in text
    # A consent that is missing ends no session.
    assert claims(after)["aud"].endswith(".cognitedata.com")


@pytest.mark.parametrize(
    "link", ["http://a.b", "javascript:alert()", "https://a b", f"https://{'a' * 999}"]
)
def test_what_is_no_link_is_left_out(link):
    answer = {"error": "consent_required", "error_description": "AADSTS65001: No."}
    assert link not in str(explain({**answer, "error_uri": link}))
    assert str(explain({**answer, "error_uri": 7})) == str(explain(answer))
