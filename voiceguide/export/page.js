"use strict";

const SLICE = 1 << 20; // characters of base64 that are decoded at a time; a multiple of four
const STEP = 15; // seconds
const CLOSE = 0.01; // seconds by which a browser may miss the time it was sent to
const MOST = 1000; // places found that are marked

const byId = (id) => document.getElementById(id);
const audio = byId("audio");
const main = byId("transcript");
const player = byId("player");
const position = byId("position");
const only = byId("only"); // not there where one alone is heard
const seconds = Number(player.dataset.seconds);

const said = [...main.querySelectorAll(".said")].map((element) => {
  const turn = element.closest(".turn");
  return { element, turn, who: turn.dataset.who, at: Number(element.dataset.at), end: Number(element.dataset.end) };
});
const chapters = [...document.querySelectorAll("nav a")].map((link) => ({ link, at: Number(link.dataset.at) }));

function clock(time) {
  const two = (number) => String(number).padStart(2, "0");
  const minutes = Math.floor(time / 60);
  const rest = two(Math.floor(time % 60));
  return minutes < 60 ? `${minutes}:${rest}` : `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${rest}`;
}

/** The index of the last of these that has begun; the first before that. */
function lastBegun(list, time) {
  let low = 0;
  let high = list.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (list[middle].at <= time + CLOSE) low = middle;
    else high = middle;
  }
  return low;
}

// -- whom to hear ---------------------------------------------------------------------------------------------------

const isShown = (who) => !only || !only.value || who === only.value || who === "both";
const firstShown = (from) => said.findIndex((each, index) => index >= from && isShown(each.who));

/** Go over what is not to be heard; gives whether it went elsewhere. */
function skipped() {
  if (!only || !only.value || audio.seeking) return false;
  const index = lastBegun(said, audio.currentTime);
  const now = said[index];
  if (isShown(now.who) && audio.currentTime < now.end) return false;
  const next = firstShown(index + isShown(now.who));
  if (next < 0) audio.pause();
  if (next < 0 || (isShown(now.who) && next === index + 1)) return false; // the silence between the two is heard
  audio.currentTime = said[next].at;
  return true;
}

/** Go so many seconds of what is heard on, or back. */
function move(by) {
  const heard = only && only.value ? said.filter((each) => isShown(each.who)) : [{ at: 0, end: seconds }];
  const before = (each) => Math.min(Math.max(audio.currentTime - each.at, 0), each.end - each.at);
  let left = Math.max(0, heard.reduce((sum, each) => sum + before(each), 0) + by);
  for (const each of heard) {
    if (left <= each.end - each.at) return seek(each.at + left);
    left -= each.end - each.at;
  }
  if (heard.length) seek(heard[heard.length - 1].end);
}

function seek(time) {
  audio.currentTime = Math.min(Math.max(time, 0), seconds);
  update();
}

function hear(time) {
  seek(time);
  play();
}

function play() {
  // Nothing of the one who is chosen is left: begin again, as a browser does at the end of a sound.
  const index = lastBegun(said, audio.currentTime);
  const isLast = firstShown(index + 1) < 0 && (!isShown(said[index].who) || audio.currentTime >= said[index].end - CLOSE);
  if (isLast) audio.currentTime = said[Math.max(0, firstShown(0))].at;
  audio.play().catch(() => {}); // stopped before it began, or no sound here: "error" tells the latter
}

const toggle = () => (audio.paused ? play() : audio.pause());

// -- where it is ----------------------------------------------------------------------------------------------------

let turn = null; // these four are what is lit
let utterance = null;
let word = null;
let link = null;
let words = []; // of the utterance, with their times
let second = -1;

function lit(before, after, name) {
  if (before !== after) {
    before?.removeAttribute(name);
    after?.setAttribute(name, "true");
  }
  return after;
}

/** Light what is heard now, and keep it in sight of one who looks on. */
function update() {
  if (skipped()) return;
  const time = audio.currentTime;
  const now = said[lastBegun(said, time)];
  const before = word || utterance;
  const wasInSight = !before || isInSight(before);
  if (utterance !== now.element) {
    words = [...now.element.querySelectorAll("span[data-at]")].map((each) => ({ at: Number(each.dataset.at), each }));
  }
  utterance = lit(utterance, now.element, "data-now");
  turn = lit(turn, now.turn, "data-now");
  word = lit(word, words.length ? words[lastBegun(words, time)].each : null, "data-now");
  link = lit(link, chapters.length ? chapters[lastBegun(chapters, time)].link : null, "aria-current");
  const after = word || utterance;
  if (before && before !== after && wasInSight && !isInSight(after)) after.scrollIntoView({ block: "center" });
  if (second !== Math.floor(time)) {
    second = Math.floor(time);
    position.value = time;
    position.setAttribute("aria-valuetext", `${clock(time)} of ${clock(seconds)}`);
    byId("now").textContent = clock(time);
  }
}

function isInSight(element) {
  const box = element.getBoundingClientRect();
  return box.bottom > 0 && box.top < player.getBoundingClientRect().top;
}

/** While it plays, word by word; a page in the background gets "timeupdate" only. */
function follow() {
  update();
  if (!audio.paused) requestAnimationFrame(follow);
}

// -- the search -----------------------------------------------------------------------------------------------------

let found = []; // for each place its marks: more than one where it goes over several words
let here = -1;

function search() {
  const parents = new Set();
  for (const mark of found.flat()) {
    parents.add(mark.parentNode);
    mark.replaceWith(...mark.childNodes);
  }
  parents.forEach((parent) => parent.normalize());
  found = [];
  here = -1;
  const query = byId("query").value.trim();
  if (query) {
    const plain = query.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
    const pattern = new RegExp(plain.replace(/\s+/g, "\\s+").replace(/['’]/g, "['’]"), "giu");
    for (const element of main.querySelectorAll(".text")) {
      const who = element.closest(".turn")?.dataset.who;
      if ((!who || isShown(who)) && found.length < MOST) markIn(element, pattern);
    }
  }
  go(0);
}

/** Mark what matches; a match may go over several words, each an element of its own. */
function markIn(element, pattern) {
  const text = element.textContent;
  const places = [];
  for (const match of text.matchAll(pattern)) {
    places.push({ from: match.index, to: match.index + match[0].length, marks: [] });
    if (found.length + places.length >= MOST) break;
  }
  if (!places.length) return;
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  const nodes = [];
  while (walker.nextNode()) nodes.push(walker.currentNode);
  let start = 0;
  let next = 0;
  for (const node of nodes) {
    const end = start + node.length;
    const pieces = [];
    let at = start;
    while (next < places.length && places[next].from < end) {
      const place = places[next];
      const from = Math.max(place.from, start);
      const mark = document.createElement("mark");
      mark.textContent = text.slice(from, Math.min(place.to, end));
      place.marks.push(mark);
      pieces.push(text.slice(at, from), mark);
      at = from + mark.textContent.length;
      if (place.to > end) break; // it goes on in the next word
      next += 1;
    }
    if (pieces.length) node.replaceWith(...pieces, text.slice(at, end));
    start = end;
  }
  found.push(...places.map((place) => place.marks));
}

/** Show the place of this number, counted around. */
function go(number) {
  found[here]?.forEach((mark) => mark.classList.remove("here"));
  here = found.length ? (number + found.length) % found.length : -1;
  const marks = found[here] || [];
  marks.forEach((mark) => mark.classList.add("here"));
  marks[0]?.scrollIntoView({ block: "center" });
  const at = marks[0]?.closest(".turn")?.dataset.at;
  const many = found.length < MOST ? found.length : `${MOST} or more`;
  const told = marks.length ? `${here + 1} of ${many}${at ? `, at ${clock(at)}` : ""}` : "Nothing found";
  byId("found").textContent = byId("query").value.trim() ? told : "";
}

byId("search").addEventListener("submit", (event) => event.preventDefault());
byId("query").addEventListener("input", search);
byId("next").addEventListener("click", () => go(here + 1));
byId("previous").addEventListener("click", () => go(here - 1));
byId("query").addEventListener("keydown", (event) => {
  if (event.key === "Enter") go(here + (event.shiftKey ? -1 : 1));
  const button = found[here]?.[0].closest(".turn")?.querySelector("button");
  if (event.key === "Escape" && button) {
    event.preventDefault(); // a browser would empty the search
    button.focus({ preventScroll: true });
  }
});

// -- the sound ------------------------------------------------------------------------------------------------------

async function sound() {
  const text = byId("sound").textContent;
  const parts = [];
  for (let at = 0; at < text.length; at += SLICE) {
    const slice = atob(text.slice(at, at + SLICE));
    const bytes = new Uint8Array(slice.length);
    for (let index = 0; index < slice.length; index += 1) bytes[index] = slice.charCodeAt(index);
    parts.push(new Blob([bytes]));
    await new Promise((done) => setTimeout(done)); // hours take a while: the page stays usable
  }
  return new Blob(parts, { type: "audio/mpeg" });
}

function ready() {
  main.querySelectorAll("button[disabled]").forEach((button) => (button.disabled = false));
  byId("play").addEventListener("click", toggle);
  byId("back").addEventListener("click", () => move(-STEP));
  byId("speed").addEventListener("change", (event) => (audio.playbackRate = Number(event.target.value)));
  position.addEventListener("input", () => seek(Number(position.value)));
  main.addEventListener("click", (event) => {
    const spot = event.target.closest("[data-at]");
    if (spot && getSelection().isCollapsed) hear(Number(spot.dataset.at)); // to select words is not to click them
  });
  chapters.forEach((each) => each.link.addEventListener("click", () => seek(each.at)));
  document.addEventListener("keydown", keyed);
  document.body.dataset.ready = "true";
  update();
}

function keyed(event) {
  if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  if (event.target.closest("select, #query")) return;
  const deed = { " ": toggle, ArrowLeft: () => move(-STEP), ArrowRight: () => move(STEP) }[event.key];
  if (!deed || (event.key === " " && event.target.closest("button, summary"))) return; // space presses these
  event.preventDefault();
  deed();
}

audio.preservesPitch = true;
audio.addEventListener("loadedmetadata", ready, { once: true });
audio.addEventListener("play", () => {
  byId("play").textContent = "Pause";
  follow();
});
audio.addEventListener("pause", () => (byId("play").textContent = "Play"));
["timeupdate", "seeked"].forEach((name) => audio.addEventListener(name, update));
audio.addEventListener("error", () => (byId("trouble").textContent = "This browser cannot play the sound."));
only?.addEventListener("change", () => {
  main.dataset.only = only.value;
  search();
  update();
});
document.addEventListener("click", (event) => {
  // After a click with the mouse, space is play and pause again; whoever came here with the keyboard stays here.
  if (event.detail) event.target.closest("button")?.blur();
});

position.max = seconds;
["search", "help", "player"].forEach((id) => (byId(id).hidden = false));
document.addEventListener("DOMContentLoaded", async () => (audio.src = URL.createObjectURL(await sound())));
