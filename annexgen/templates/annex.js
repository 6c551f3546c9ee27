(function () {
  "use strict";
  var root = document.documentElement, body = document.body;
  function $(id) { return document.getElementById(id); }
  function all(selector, within) { return Array.prototype.slice.call((within || document).querySelectorAll(selector)); }
  function make(tag, className, text) {
    var node = document.createElement(tag);
    if (className) { node.className = className; }
    if (text !== undefined) { node.textContent = text; }
    return node;
  }
  var data = JSON.parse($("data").textContent);
  var STATUS = { s: "standard", p: "proposed", c: "confirmed", u: "unknown", o: "observed" };
  function statusOf(cell) {
    var list = cell.classList;
    return list.contains("p") ? "p" : list.contains("u") ? "u" : list.contains("c") ? "c" : list.contains("s") ? "s" : "o";
  }

  /* The height of the bar decides where anchors and headers of tables stop. */
  var bar = $("bar");
  function measure() { root.style.setProperty("--bar", bar.offsetHeight + "px"); }
  if (window.ResizeObserver) { new ResizeObserver(measure).observe(bar); }
  measure();

  /* What a cell says, without what its former version said. */
  function said(cell) {
    var was = cell.querySelector(".was");
    return was ? cell.textContent.slice(0, -was.textContent.length) : cell.textContent;
  }

  /* Tables and rows, indexed at the first search. */
  var tables = null;
  function plain(text) { return text.toLowerCase().replace(/\s+/g, " "); }
  function index() {
    if (tables) { return tables; }
    tables = all(".tbl").map(function (element) {
      var caption = plain(element.querySelector(".cap p").textContent);
      /* The column that says whether something is present, then the one that says whether it has a value. */
      var columns = data.tables[element.id][0], value = columns.indexOf("Presence of Value");
      var present = columns.findIndex(function (name) { return /^Presence/.test(name) && name !== "Presence of Value"; });
      var rows = all("tbody tr", element).filter(function (row) { return row.id || row.classList.contains("gone"); }).map(function (row) {
        if (row.classList.contains("h")) { return { element: row, heading: true }; }
        var cells = row.cells, text = "", states = "";
        for (var i = 1; i < cells.length; i++) {
          text += " " + cells[i].textContent;
          var status = statusOf(cells[i]);
          if (states.indexOf(status) < 0 && (status !== "o" || cells[i].firstChild)) { states += status; }
        }
        text = plain(text);
        /* 00280030 and 0028,0030 find (0028,0030). */
        var tags = (text.match(/\([0-9a-f]{4},[0-9a-fx]{4}\)/g) || []).join(" ").replace(/[(),]/g, "");
        var presence = [present, value].map(function (column, n) {
          return column < 0 ? "" : n + " " + said(cells[column + 1]).trim();
        });
        return { element: row, text: text + " " + tags, states: states, flags: row.className, presence: presence, gone: !row.id };
      });
      return { element: element, caption: caption, sop: " " + element.dataset.sop + " ", rows: rows };
    });
    return tables;
  }

  /* Search and filters. */
  var query = $("q"), iod = $("iod"), presence = $("presence"), found = $("found"), clear = $("clear"), nothing = $("nothing");
  var chips = all(".chip");
  var sections = all(".sec");
  function pressed(kind) {
    return chips.filter(function (chip) { return chip.dataset[kind] && chip.getAttribute("aria-pressed") === "true"; })
      .map(function (chip) { return chip.dataset[kind]; });
  }
  function active() { return query.value.trim() || iod.value || presence.value || pressed("status").length || pressed("flag").length; }
  function apply() {
    var on = Boolean(active());
    body.classList.toggle("filtered", on);
    clear.hidden = !on;
    var words = plain(query.value.trim()).split(" ").filter(Boolean), states = pressed("status"), flags = pressed("flag");
    var rowCount = 0, tableCount = 0;
    index().forEach(function (table) {
      var shown = 0, heading = null;
      var wanted = !iod.value || table.sop.indexOf(" " + iod.value + " ") >= 0;
      var left = words.filter(function (word) { return table.caption.indexOf(word) < 0; });
      if (left.length && left.length < words.length) { left = words; }
      table.rows.forEach(function (row) {
        if (row.heading) {
          row.element.hidden = on;
          heading = row.element;
          return;
        }
        var keep = wanted && (!presence.value || row.presence.indexOf(presence.value) >= 0) &&
          (!left.length || left.every(function (word) { return row.text.indexOf(word) >= 0; })) &&
          (!states.length || states.some(function (state) { return row.states.indexOf(state) >= 0; })) &&
          flags.every(function (flag) { return (" " + row.flags + " ").indexOf(" " + flag + " ") >= 0; });
        /* A row that is gone has its place among the others; the filter shows it only where changes are asked for. */
        if (row.gone && on && flags.indexOf("d") < 0) { keep = false; }
        row.element.hidden = !keep;
        if (keep) {
          shown += 1;
          if (heading) { heading.hidden = false; heading = null; }
        }
      });
      table.element.hidden = on && !shown;
      table.element.style.containIntrinsicSize = "auto " + (110 + 29 * (on ? shown : table.rows.length)) + "px";
      rowCount += shown;
      tableCount += shown ? 1 : 0;
    });
    sections.forEach(function (section) {
      section.hidden = on && !section.querySelector(".tbl:not([hidden])");
    });
    found.textContent = on ? rowCount.toLocaleString("en") + (rowCount === 1 ? " row in " : " rows in ") +
      tableCount + (tableCount === 1 ? " table" : " tables") : "";
    nothing.hidden = !on || rowCount > 0;
    mark(on ? words : []);
  }
  var MOST_MARKS = 2000;
  function mark(words) {
    if (!window.Highlight || !CSS.highlights) { return; }
    CSS.highlights.delete("hit");
    if (!words.length) { return; }
    var ranges = [];
    index().some(function (table) {
      if (table.element.hidden) { return false; }
      return table.rows.some(function (row) {
        if (row.heading || row.element.hidden) { return false; }
        var walker = document.createTreeWalker(row.element, NodeFilter.SHOW_TEXT), node;
        while ((node = walker.nextNode())) {
          var text = node.data.toLowerCase();
          for (var i = 0; i < words.length; i++) {
            for (var at = text.indexOf(words[i]); at >= 0; at = text.indexOf(words[i], at + words[i].length)) {
              var range = new Range();
              range.setStart(node, at);
              range.setEnd(node, at + words[i].length);
              ranges.push(range);
            }
          }
        }
        return ranges.length > MOST_MARKS;
      });
    });
    CSS.highlights.set("hit", new (Function.prototype.bind.apply(Highlight, [null].concat(ranges)))());
  }
  function reset() {
    query.value = "";
    iod.value = presence.value = "";
    chips.forEach(function (chip) { chip.setAttribute("aria-pressed", "false"); });
    apply();
    /* What was found and opened stays in sight among its neighbours. */
    bringBack();
    requestAnimationFrame(bringBack);
  }
  function bringBack() {
    /* Again when tables that were not laid out before have their heights. */
    if (current) { current.scrollIntoView({ block: "center" }); }
  }
  var waiting = 0;
  query.addEventListener("input", function () { clearTimeout(waiting); waiting = setTimeout(apply, 90); });
  iod.addEventListener("change", apply);
  presence.addEventListener("change", apply);
  chips.forEach(function (chip) {
    chip.addEventListener("click", function () {
      chip.setAttribute("aria-pressed", String(chip.getAttribute("aria-pressed") !== "true"));
      apply();
    });
  });
  clear.addEventListener("click", function () { reset(); query.focus({ preventScroll: true }); });
  nothing.querySelector("button").addEventListener("click", function () { reset(); query.focus({ preventScroll: true }); });

  /* The evidence of one row. */
  var drawer = $("drawer"), panel = $("drawer-body"), current = null, opener = null;
  function place(row) {
    var at = row.id.lastIndexOf("-r");
    return { table: row.id.slice(0, at), number: Number(row.id.slice(at + 2)) };
  }
  function count(number, noun, many) { return number.toLocaleString("en") + " " + (number === 1 ? noun : many || noun + "s"); }
  function meter(list, name, value, of, low) {
    list.appendChild(make("dt", "", name));
    var track = make("dd", "track"), fill = make("i", low ? "low" : "");
    fill.style.width = (of ? 100 * value / of : 0) + "%";
    track.appendChild(fill);
    list.appendChild(track);
    list.appendChild(make("dd", "", value.toLocaleString("en") + " of " + of.toLocaleString("en")));
  }
  function showEvidence(evidence) {
    panel.appendChild(make("h3", "", "Evidence"));
    if (!evidence) {
      panel.appendChild(make("p", "path", "None: nothing was counted for this row."));
      return;
    }
    if (evidence[9]) { panel.appendChild(make("p", "weakly", "Weak evidence: too little to generalize.")); }
    var list = make("dl", "meter"), having = evidence[1] + evidence[2];
    meter(list, "Present", evidence[1], evidence[0]);
    if (evidence[2]) { meter(list, "In some items", evidence[2], evidence[0], true); }
    meter(list, "With value", evidence[3], having);
    if (evidence[4]) { meter(list, "Empty", evidence[4], having, true); }
    panel.appendChild(list);
    var spread = make("dl", "spread");
    [["series", "series", 5], ["study", "studies", 6], ["patient", "patients", 7], ["device", "devices", 8]].forEach(function (one) {
      var box = make("div"), number = evidence[one[2]];
      box.appendChild(make("dt", "", number === 1 ? one[0] : one[1]));
      box.appendChild(make("dd", "", number.toLocaleString("en")));
      spread.appendChild(box);
    });
    panel.appendChild(spread);
    if (evidence[10]) {
      panel.appendChild(make("h3", "", "Example instance"));
      panel.appendChild(make("p", "path", "annexgen locate " + evidence[10] + " SOURCE"));
    }
  }
  function open(row, column, focus) {
    if (current) { current.classList.remove("sel"); }
    current = row;
    row.classList.add("sel");
    var at = place(row), table = data.tables[at.table], entry = table[1][at.number - 1];
    var cells = all("td", row).slice(1);
    $("drawer-table").textContent = "Table " + at.table + ", row " + at.number;
    $("drawer-title").textContent = (cells.map(function (cell) { return said(cell).replace(/^>+\s*/, "").trim(); })
      .filter(Boolean)[0] || "Row " + at.number).slice(0, 160);
    panel.textContent = "";
    showEvidence(entry[2]);
    if (entry[4].length) {
      panel.appendChild(make("h3", "", "Findings"));
      var about = make("ul", "about");
      entry[4].forEach(function (number) {
        var finding = data.findings[number], item = make("li");
        item.appendChild(make("span", "sev " + finding[0], finding[0]));
        item.appendChild(document.createTextNode(" " + finding[2]));
        about.appendChild(item);
      });
      panel.appendChild(about);
    }
    panel.appendChild(make("h3", "", "Cells"));
    var list = make("dl", "cells");
    table[0].forEach(function (name, n) {
      var cell = cells[n], status = statusOf(cell), box = make("div", n === column ? "at" : ""), term = make("dt");
      var state = make("span"), text = said(cell), reason = entry[3][n];
      var was = cell.querySelector(".was");
      if (!text && status === "o" && !reason && !was) { return; }
      term.appendChild(make("span", "", name));
      state.appendChild(make("span", "sw " + status));
      state.appendChild(document.createTextNode(STATUS[status]));
      term.appendChild(state);
      box.appendChild(term);
      box.appendChild(make("dd", text ? (text.length > 400 ? "long" : "") : "none", text || (status === "u" ? "to be completed" : "blank")));
      if (reason) { box.appendChild(make("dd", "why", reason)); }
      if (was) { box.appendChild(make("dd", "why", was.textContent.replace(/^; /, ""))); }
      list.appendChild(box);
    });
    panel.appendChild(list);
    if (entry[0]) {
      panel.appendChild(make("h3", "", "Path"));
      panel.appendChild(make("p", "path", entry[0]));
    }
    if (entry[1].length) {
      panel.appendChild(make("h3", "", "Speaks also for " + count(entry[1].length, "path")));
      entry[1].forEach(function (path) { panel.appendChild(make("p", "path", path)); });
    }
    drawer.hidden = false;
    body.classList.add("drawn");
    panel.scrollTop = 0;
    var here = panel.querySelector(".at");
    if (here) { here.scrollIntoView({ block: "nearest" }); }
    history.replaceState(null, "", "#" + row.id);
    if (focus) { opener = row.querySelector(".g a"); $("drawer-title").focus({ preventScroll: true }); }
  }
  function close() {
    if (drawer.hidden) { return; }
    drawer.hidden = true;
    body.classList.remove("drawn");
    if (current) { current.classList.remove("sel"); }
    current = null;
    if (opener) { opener.focus({ preventScroll: true }); }
    opener = null;
  }
  function step(by) {
    if (!current) { return; }
    var rows = all(".tbl:not([hidden]) tbody tr[id]:not([hidden]):not(.h)");
    var next = rows[rows.indexOf(current) + by];
    if (next) {
      open(next, -1, false);
      opener = next.querySelector(".g a");
      next.scrollIntoView({ block: "nearest" });
    }
  }
  $("close").addEventListener("click", close);
  $("prev").addEventListener("click", function () { step(-1); });
  $("next").addEventListener("click", function () { step(1); });
  $("main").addEventListener("click", function (event) {
    var link = event.target.closest("a"), row = event.target.closest(".tbl tbody tr[id]:not(.h)");
    if (!row || (link && !link.closest("td.g"))) { return; }
    if (event.metaKey || event.ctrlKey || event.shiftKey || String(getSelection())) { return; }
    event.preventDefault();
    var cell = event.target.closest("td");
    if (row === current && !link) { close(); return; }
    open(row, cell ? cell.cellIndex - 1 : -1, Boolean(link));
  });

  /* Where the address points to. */
  function go() {
    var target = location.hash.length > 1 && $(decodeURIComponent(location.hash.slice(1)));
    if (!target) { return; }
    body.classList.remove("menu");
    $("menu").setAttribute("aria-expanded", "false");
    if (target.closest("[hidden]") || (body.classList.contains("filtered") && !target.getClientRects().length)) { reset(); }
    if (target.matches(".tbl tbody tr:not(.h)")) { open(target, -1, false); }
    target.scrollIntoView({ block: target.tagName === "TR" ? "center" : "start" });
  }
  window.addEventListener("hashchange", go);
  if (location.hash) { go(); requestAnimationFrame(go); }

  /* Where a table scrolls inside its frame, the style sheet cannot keep its header in sight. */
  var framed = window.matchMedia("(min-width:721px) and (max-width:1340px)"), frames = all(".tbl"), due = false;
  function keepHeaders() {
    due = false;
    var line = bar.getBoundingClientRect().bottom - 1;
    frames.forEach(function (frame) {
      var head = frame.querySelector("thead"), box = frame.getBoundingClientRect(), by = 0;
      if (framed.matches && box.top < line && box.bottom > line) {
        var table = head.parentNode.getBoundingClientRect();
        by = Math.min(line - table.top, table.height - 2 * head.offsetHeight);
      }
      var moved = by > 0 ? "translateY(" + Math.round(by) + "px)" : "";
      if (head.style.transform !== moved) { head.style.transform = moved; }
    });
  }
  function keepSoon() {
    if (!due) { due = true; requestAnimationFrame(keepHeaders); }
  }
  window.addEventListener("scroll", keepSoon, { passive: true });
  window.addEventListener("resize", keepSoon);

  /* Navigation. */
  var nav = $("nav"), menu = $("menu"), groups = all("#nav .gr");
  var links = {};
  all("#nav a").forEach(function (link) { links[decodeURIComponent(link.hash.slice(1))] = link; });
  function unfold(group, on) {
    group.querySelector("button").setAttribute("aria-expanded", String(on));
    group.querySelector("ul").hidden = !on;
  }
  groups.forEach(function (group) {
    unfold(group, all("#nav li").length <= 24);
    group.querySelector("button").addEventListener("click", function () { unfold(group, group.querySelector("ul").hidden); });
  });
  function toggleMenu(on) {
    body.classList.toggle("menu", on);
    menu.setAttribute("aria-expanded", String(on));
    if (on) { nav.querySelector("a").focus(); }
  }
  menu.addEventListener("click", function () { toggleMenu(!body.classList.contains("menu")); });
  $("shade").addEventListener("click", function () { toggleMenu(false); });
  $("more").addEventListener("click", function () {
    var on = body.classList.toggle("more");
    $("more").setAttribute("aria-expanded", String(on));
  });
  if (window.IntersectionObserver) {
    var seen = {}, order = all(".sec, .tbl").filter(function (element) { return links[element.id]; }), marked = null;
    var spy = new IntersectionObserver(function (entries) {
      entries.forEach(function (entry) { seen[entry.target.id] = entry.isIntersecting; });
      var visible = order.filter(function (element) { return seen[element.id]; });
      var last = visible.length ? links[visible[visible.length - 1].id] : null;
      if (last === marked) { return; }
      if (marked) { marked.removeAttribute("aria-current"); }
      marked = last;
      if (!marked) { return; }
      marked.setAttribute("aria-current", "true");
      var group = marked.closest(".gr");
      if (group) { unfold(group, true); }
      var top = marked.getBoundingClientRect().top;
      if (top < 60 || top > innerHeight - 60) { nav.scrollTop += top - innerHeight / 3; }
    }, { rootMargin: "-12% 0px -80% 0px" });
    order.forEach(function (element) { spy.observe(element); });
  }

  document.addEventListener("keydown", function (event) {
    var typing = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
    if (event.key === "Escape") {
      if (body.classList.contains("menu")) { toggleMenu(false); menu.focus(); }
      else if (!drawer.hidden) { close(); }
      else if (typing && query.value) { reset(); }
    } else if (typing || event.metaKey || event.ctrlKey || event.altKey) {
      return;
    } else if (event.key === "/") {
      event.preventDefault();
      query.focus();
      query.select();
    } else if (!drawer.hidden && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      step(event.key === "ArrowDown" ? 1 : -1);
    }
  });
}());
