// The page takes the top frame to a document that it makes itself.
const text = await (await fetch("/foreign.js")).text();
location.href = URL.createObjectURL(new Blob([`<script type="module">${text}<\/script>`], { type: "text/html" }));
