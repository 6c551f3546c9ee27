(function () {
  "use strict";
  var query = document.getElementById("q"), weak = document.getElementById("weak");
  if (!query) { return; }
  var counts = document.getElementById("counts"), all = counts.textContent;
  var entries = Array.prototype.slice.call(document.querySelectorAll("section>ol>li"));
  function apply() {
    var words = query.value.toLowerCase().split(/\s+/).filter(Boolean), shown = 0;
    entries.forEach(function (entry) {
      var text = entry.textContent.toLowerCase();
      var keep = !(weak.checked && entry.hasAttribute("data-weak")) &&
        words.every(function (word) { return text.indexOf(word) >= 0; });
      entry.hidden = !keep;
      shown += keep ? 1 : 0;
    });
    document.querySelectorAll("section").forEach(function (section) {
      section.hidden = !section.querySelector("li:not([hidden])");
    });
    counts.textContent = shown === entries.length ? all : shown + " of " + entries.length + " differences shown.";
  }
  query.addEventListener("input", apply);
  weak.addEventListener("change", apply);
}());
