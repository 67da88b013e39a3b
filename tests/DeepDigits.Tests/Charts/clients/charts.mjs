// The example charts in plotly.js and in headless Chromium:
//   validate  plotly.js finds no fault with the JSON, and draws it;
//   live      the script in the HTML puts plotly.js in the place of each drawing, from the bundle that its hash names;
//   altered   a bundle with another hash is not run, and the drawings stay;
//   offline   without network the drawings stay.
// The CDN is played by a server on this machine. Expects charts/, node_modules/, key.pem and cert.pem in the current folder.

import { spawn } from "node:child_process";
import fs from "node:fs";
import http from "node:http";
import https from "node:https";
import path from "node:path";

const pictures = process.argv[2];
const timeout = 120_000;
const names = fs.readdirSync("charts").filter(name => name.endsWith(".json")).map(name => name.slice(0, -5)).sort();
const full = fs.readFileSync("node_modules/plotly.js/dist/plotly.min.js");
const bundle = fs.readFileSync("node_modules/plotly.js-cartesian-dist-min/plotly-cartesian.min.js");
const read = (name, form) => fs.readFileSync(path.join("charts", name + form), "utf8");
const cdn = /tag\.src="https:\/\/([^/"]+)/.exec(read(names[0], ".live.html"))[1];

let altered = false, asked = 0;
const mirror = https.createServer({ key: fs.readFileSync("key.pem"), cert: fs.readFileSync("cert.pem") }, (request, response) => {
    asked++;
    response.writeHead(200, { "content-type": "text/javascript", "access-control-allow-origin": "*" });
    response.end(altered ? Buffer.concat([bundle, Buffer.from(" ")]) : bundle);
});

const validatePage = `<script src="/plotly.js"></script><script>
(async () => {
    const report = {};
    for (const name of ${JSON.stringify(names)}) {
        const faults = [];
        try {
            const figure = await (await fetch("/charts/" + name + ".json")).json();
            for (const fault of Plotly.validate(figure.data, figure.layout) || []) faults.push(fault.msg);
            const box = document.body.appendChild(document.createElement("div"));
            await Plotly.newPlot(box, figure.data, figure.layout, figure.config);
            // Every text of the layout is to be seen as it is, whatever is in it.
            const plain = text => new DOMParser().parseFromString((text || "").replace(/<br>/g, ""), "text/html").body.textContent;
            const drawn = box.textContent.replace(/\\u00a0/g, " ");
            const missing = [figure.layout.title.text, figure.layout.xaxis.title?.text, figure.layout.yaxis.title?.text, ...figure.data.filter(t => t.showlegend).map(t => t.name)]
                .map(plain).filter(text => !drawn.includes(text));
            if (missing.length) faults.push("not drawn: " + missing.join(" | "));
            box.remove();
        } catch (error) { faults.push(String(error)); }
        report[name] = faults;
    }
    await fetch("/report", { method: "POST", body: JSON.stringify(report) });
})();
</script>`;

// A name of its own for the box of each chart, so that two equal charts are told apart.
const gallery = (dark, wait) => `<!DOCTYPE html><meta charset="utf-8">
<style>body{margin:8px;font:14px sans-serif;${dark ? "background:#1e1e1e;color:#d4d4d4" : "background:#fff;color:#1f2328"}} section{display:inline-block;vertical-align:top;margin:8px}</style>
<script>window.Plotly = { version: "of the page" }; window.faults = []; onerror = message => { faults.push(String(message)); };</script>
${names.map(name => `<section id="${name}">${read(name, ".live.html")}</section>`).join("\n")}
<script>
(async () => {
    const sections = [...document.querySelectorAll("section")];
    const isLive = section => section.querySelector(".js-plotly-plot .main-svg") && section.querySelector("svg").style.display === "none";
    const end = Date.now() + ${wait};
    while (Date.now() < end && !sections.every(isLive)) await new Promise(done => setTimeout(done, 100));
    const report = { own: window.Plotly.version, faults, charts: {} };
    for (const section of sections) {
        const drawing = section.querySelector("svg"), live = section.querySelector(".js-plotly-plot");
        report.charts[section.id] = {
            live: !!isLive(section),
            drawn: drawing.getBoundingClientRect().width > 100 && !live,
            images: [...section.querySelectorAll(".js-plotly-plot image")].every(image => (image.getAttribute("href") || image.getAttribute("xlink:href") || "").startsWith("data:image/png")),
            ink: live ? getComputedStyle(live.querySelector(".gtitle")).fill : "",
        };
    }
    await fetch("/report", { method: "POST", body: JSON.stringify(report) });
})();
</script>`;

let page = "", reported = () => {};
const server = http.createServer((request, response) => {
    if (request.method === "POST") {
        let body = "";
        request.on("data", part => { body += part; });
        request.on("end", () => { response.end(); reported(JSON.parse(body)); });
    } else if (request.url === "/plotly.js") {
        response.writeHead(200, { "content-type": "text/javascript; charset=utf-8" });
        response.end(full);
    } else if (request.url.startsWith("/charts/")) {
        response.writeHead(200, { "content-type": "application/json" });
        response.end(fs.readFileSync(path.join("charts", path.basename(request.url))));
    } else {
        response.writeHead(request.url === "/" ? 200 : 404, { "content-type": "text/html; charset=utf-8" });
        response.end(request.url === "/" ? page : "");
    }
});

const listen = it => new Promise(done => it.listen(0, "127.0.0.1", () => done(it.address().port)));
const [port, mirrorPort] = [await listen(server), await listen(mirror)];

function chromium(hasNetwork, ...options) {
    const profile = fs.mkdtempSync("profile-");
    const host = hasNetwork ? `127.0.0.1:${mirrorPort}` : "~NOTFOUND";
    return spawn("chromium", ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--ignore-certificate-errors",
        `--host-resolver-rules=MAP ${cdn} ${host}`, `--user-data-dir=${profile}`, ...options, `http://127.0.0.1:${port}/`], { stdio: "ignore" });
}

const ended = browser => new Promise(done => browser.once("exit", done));

async function visit(html, hasNetwork) {
    page = html;
    const report = new Promise((done, failed) => {
        reported = done;
        setTimeout(() => failed(new Error("The browser did not report in time.")), timeout).unref();
    });
    const browser = chromium(hasNetwork, "--window-size=1500,1000");
    const end = ended(browser);
    try {
        return await report;
    } finally {
        browser.kill();
        await end;
    }
}

async function shoot(html, hasNetwork, file, height) {
    page = html;
    await ended(chromium(hasNetwork, `--window-size=1500,${height}`, "--hide-scrollbars", "--virtual-time-budget=15000", `--screenshot=${path.join(pictures, file)}`));
}

let failures = 0;
function check(what, isRight, detail = "") {
    if (!isRight) {
        failures++;
        console.log(`FAILED  ${what}  ${detail}`);
    }
}

const faults = await visit(validatePage, false);
for (const name of names)
    check(`${name}: plotly.js has no objection`, faults[name]?.length === 0, JSON.stringify(faults[name]));
console.log(`validate: ${names.length} charts`);

for (const dark of [false, true]) {
    const live = await visit(gallery(dark, 60_000), true);
    check("live: no error in the page", live.faults.length === 0, live.faults.join("; "));
    check("live: the page's own Plotly is left in place", live.own === "of the page", live.own);
    for (const name of names) {
        check(`${name}: plotly.js takes the place of the drawing`, live.charts[name].live);
        check(`${name}: the pictures are there`, live.charts[name].images);
        check(`${name}: text has the page's colour`, live.charts[name].ink === (dark ? "rgb(212, 212, 212)" : "rgb(31, 35, 40)"), live.charts[name].ink);
    }
    console.log(`live on ${dark ? "dark" : "light"} ground: ${names.length} charts`);
}
check("the bundle is loaded once a page", asked === 2, `${asked} times`);

altered = true;
const tampered = await visit(gallery(false, 4_000), true);
check("altered: the bundle was asked for", asked > 2);
for (const name of names)
    check(`${name}: an altered bundle is not run`, tampered.charts[name].drawn);
altered = false;
const offline = await visit(gallery(false, 4_000), false);
for (const name of names)
    check(`${name}: without network the drawing stays`, offline.charts[name].drawn);
console.log("altered, offline: the drawings stay");

if (pictures) {
    for (const dark of [false, true]) {
        await shoot(gallery(dark, 10_000), false, `svg-${dark ? "dark" : "light"}.png`, 6600);
        await shoot(gallery(dark, 10_000), true, `live-${dark ? "dark" : "light"}.png`, 6600);
    }
}
server.close();
mirror.close();
console.log(failures === 0 ? "All checks passed." : `${failures} checks failed.`);
process.exit(failures === 0 ? 0 : 1);
