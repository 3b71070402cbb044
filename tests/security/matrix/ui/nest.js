// A frame that holds the one that attacks.
const inner = document.createElement("iframe");
inner.src = JSON.parse(decodeURIComponent(location.hash.slice(1))).inner + location.hash;
document.body.append(inner);
