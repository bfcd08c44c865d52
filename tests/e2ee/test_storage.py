"""What a real browser keeps: through a reload yes, for a second tab no, for another profile no."""

import pytest
from playwright.async_api import Error

from tests.e2ee.member import GROUP, ChromiumMember, group_of
from tests.media_relay.browser import chromium

pytestmark = pytest.mark.timeout(90)

STORED = """
async () => {
  const asked = indexedDB.open("quietroom-e2ee");
  const database = await new Promise((done) => { asked.onsuccess = () => done(asked.result); });
  const all = (name) => new Promise((done) => {
    const values = database.transaction(name).objectStore(name).getAll();
    values.onsuccess = () => done(values.result);
  });
  const [keys, values] = [await all("keys"), await all("values")];
  database.close();
  return {
    extractable: keys.map((key) => key.extractable),
    texts: values.map((value) => new TextDecoder().decode(value)),
  };
}
"""


async def test_a_reload_finds_the_group_and_the_same_device(page_address: str) -> None:
    async with chromium() as browser:
        thea, ana = [
            await ChromiumMember.opens(browser, page_address, who) for who in ("Thea", "Ana")
        ]
        await group_of(thea, ana)
        before = (await ana.report())["view"]
        assert await ana.load(page_address) == {"group": GROUP, "epoch": 1}
        after = (await ana.report())["view"]
        assert after == before


async def test_a_second_tab_of_the_same_person_is_told_and_opens_nothing(
    page_address: str,
) -> None:
    async with chromium() as browser:
        ana = await ChromiumMember.opens(browser, page_address, "Ana")
        second = ChromiumMember("Ana", ana.context, await ana.context.new_page())
        with pytest.raises(Error, match="other-tab"):
            await second.load(page_address)
        assert (await second.report())["troubles"] == ["other-tab"]
        await ana.page.close()
        await second.load(page_address)


async def test_the_database_holds_nothing_that_another_profile_could_read(
    page_address: str,
) -> None:
    async with chromium() as browser:
        thea, ana = [
            await ChromiumMember.opens(browser, page_address, who) for who in ("Thea", "Ana")
        ]
        await group_of(thea, ana)
        stored = await ana.page.evaluate(STORED)
        assert stored["extractable"] == [False]
        assert len(stored["texts"]) >= 2
        assert not [text for text in stored["texts"] if "Ana" in text or "signKey" in text]
