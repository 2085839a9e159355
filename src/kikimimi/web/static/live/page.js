/** The live page: what a listener beside the server hears, as it hears it. */

import { ApiError, isAbort } from "../api/client.js";
import { h } from "../components/dom.js";
import { t } from "../i18n/i18n.js";
import { offerActions } from "../keys/keyboard.js";
import { store } from "../state/store.js";
import { createAnnouncer } from "./announcer.js";
import { liveCalls } from "./calls.js";
import { createFollower } from "./follower.js";
import { createHead } from "./head.js";
import { createLists } from "./lists.js";
import { createModel } from "./model.js";
import { createPictures } from "./pictures.js";
import { alertName, soundName } from "./words.js";

const COMMAND = "kikimimi listen --rules street --serve";

/**
 * @param {HTMLElement} room
 * @returns {() => void} takes the page away
 */
export function mountLive(room) {
  const aborter = new AbortController();
  const model = createModel();
  const pictures = createPictures(model);
  const head = createHead(model, { onspan: pictures.setSpan.bind(pictures), onhold: pictures.hold.bind(pictures) });
  const lists = createLists(model);
  // emptied and filled again, so that the same sentence is read out twice if it is true twice
  const spoken = h("div", { class: "visually-hidden", role: "log", "aria-live": "polite", "aria-relevant": "additions" });
  let shownUpTo = 0;
  const announcer = createAnnouncer({ say: speak });
  const element = h("article", { class: "live", "aria-label": t("live.title") }, head.element, pictures.element, lists.element, spoken);
  room.append(element);
  pictures.setSpan(head.spanS());

  const follower = createFollower({
    ask: (known) => liveCalls.news(known, aborter.signal),
    ontake: take,
    onlost: lose,
    isHidden: () => document.hidden,
  });
  document.addEventListener("visibilitychange", follower.wake);
  const withdraw = offerActions({
    "live.hold": head.toggleHold,
    "live.less": () => head.stepSpan(-1),
    "live.more": () => head.stepSpan(1),
  });
  const unwatch = store.subscribe((state) => state.online, (online) => (online ? follower.wake() : showLost()));

  return () => {
    aborter.abort();
    follower.end();
    announcer.end();
    document.removeEventListener("visibilitychange", follower.wake);
    withdraw();
    unwatch();
    pictures.destroy();
    element.remove();
  };

  /** @param {import("./calls.js").News} news @param {boolean} isNew */
  function take(news, isNew) {
    const begun = model.take(news, isNew);
    if (news.next === shownUpTo && !isNew) return head.showState();
    shownUpTo = news.next;
    pictures.refresh();
    head.refresh(pictures.most());
    lists.refresh();
    if (!isNew) announce(begun);
  }

  /** @param {{alerts: import("./calls.js").Alert[], happenings: import("./calls.js").Happening[]}} begun */
  function announce({ alerts, happenings }) {
    const wanted = head.readOut();
    if (wanted === "nothing") return;
    const heard = wanted === "all" ? happenings.map(soundName) : [];
    announcer.tell([...alerts.map(alertName), ...heard]);
  }

  /** @param {string[]} names @param {number} others */
  function speak(names, others) {
    const text = others ? t("live.say.others", { names: names.join(", "), count: others }) : names.join(", ");
    spoken.replaceChildren(h("p", null, text));
  }

  /** @param {unknown} error */
  function lose(error) {
    if (isAbort(error)) return;
    showLost();
    if (!(error instanceof ApiError)) throw error;
  }

  function showLost() {
    model.known.isFresh = false;
    head.showState();
  }
}

/**
 * What stands there where no listener runs beside the server.
 * @param {HTMLElement} room
 * @returns {() => void}
 */
export function mountNone(room) {
  const note = h("p", { class: "live-note" }, t("live.none.more"));
  const element = h("article", { class: "live-none" }, h("h1", null, t("live.title")), h("p", null, t("live.none")), h("code", null, COMMAND), note);
  room.append(element);
  return () => element.remove();
}
