// Markdown to DOM nodes: headings, lists, quotes, code, paragraphs and inline marks. Never innerHTML,
// so a note can contain anything and still only be shown.

/** @param {string} name @param {Node[]} children */
const element = (name, children) => {
  const node = document.createElement(name);
  node.append(...children);
  return node;
};

const INLINE = /`([^`]+)`|\*\*([^*]+)\*\*|\*([^*]+)\*|\[([^\]]+)\]\((https?:\/\/[^\s)]+)\)/g;

/** @param {string} text @returns {Node[]} */
function inline(text) {
  const nodes = [];
  let last = 0;
  for (const match of text.matchAll(INLINE)) {
    nodes.push(new Text(text.slice(last, match.index)));
    const [whole, code, strong, soft, label, href] = match;
    if (code) nodes.push(element("code", [new Text(code)]));
    else if (strong) nodes.push(element("strong", [new Text(strong)]));
    else if (soft) nodes.push(element("em", [new Text(soft)]));
    else {
      const link = /** @type {HTMLAnchorElement} */ (element("a", [new Text(label)]));
      link.href = href;
      nodes.push(link);
    }
    last = match.index + whole.length;
  }
  nodes.push(new Text(text.slice(last)));
  return nodes;
}

const BLOCKS = [
  { test: /^(#{1,3})\s+(.*)$/, make: (/** @type {RegExpExecArray[]} */ rows) => element(`h${rows[0][1].length}`, inline(rows[0][2])) },
  { test: /^>\s?(.*)$/, many: true, make: (/** @type {RegExpExecArray[]} */ rows) => element("blockquote", inline(rows.map((row) => row[1]).join(" "))) },
  { test: /^[-*]\s+(.*)$/, many: true, make: (/** @type {RegExpExecArray[]} */ rows) => element("ul", rows.map((row) => element("li", inline(row[1])))) },
  { test: /^\d+[.)]\s+(.*)$/, many: true, make: (/** @type {RegExpExecArray[]} */ rows) => element("ol", rows.map((row) => element("li", inline(row[1])))) },
];

/** @param {string[]} lines @param {number} start @param {RegExp} test */
function run(lines, start, test) {
  const rows = [];
  for (let i = start; i < lines.length; i++) {
    const match = test.exec(lines[i]);
    if (!match) break;
    rows.push(match);
  }
  return rows;
}

/** Turn a note's text into nodes. @param {string} text @returns {Node[]} */
export function render(text) {
  const lines = text.split("\n");
  const nodes = [];
  for (let i = 0; i < lines.length; ) {
    if (lines[i].startsWith("```")) {
      const end = lines.indexOf("```", i + 1);
      const stop = end < 0 ? lines.length : end;
      nodes.push(element("pre", [element("code", [new Text(lines.slice(i + 1, stop).join("\n"))])]));
      i = stop + 1;
      continue;
    }
    const block = BLOCKS.find((candidate) => candidate.test.test(lines[i]));
    if (block) {
      const rows = run(lines, i, block.test).slice(0, block.many ? undefined : 1);
      nodes.push(block.make(rows));
      i += rows.length;
      continue;
    }
    const rows = run(lines, i, /^(?!#{1,3}\s|>|[-*]\s|\d+[.)]\s|```)(.*\S.*)$/);
    if (rows.length) nodes.push(element("p", inline(rows.map((row) => row[1]).join(" "))));
    i += Math.max(rows.length, 1);
  }
  return nodes;
}
