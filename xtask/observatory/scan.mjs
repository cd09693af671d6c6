// Has Mozilla's Observatory judge addresses of a Wardkey on this computer, with cookies that it gave: the Observatory's own requests,
// tests and marks. By itself it scans sites by their names, over TLS. What TLS ends at stands in front of a Wardkey and leads plain
// requests there: that much is taken for given here.

import { pathToFileURL } from "node:url";

const [observatory, origin, cookies, ...paths] = process.argv.slice(2);
const part = (path) => import(pathToFileURL(`${observatory}/src/${path}`).href);
const { ALL_TESTS } = await part("constants.js");
const { getGradeForScore, getScoreModifier } = await part("grader/grader.js");
const { MINIMUM_SCORE_FOR_EXTRA_CREDIT } = await part("grader/charts.js");
const { Session, getPageText } = await part("retriever/session.js");
const { parseHttpEquivHeaders } = await part("retriever/utils.js");
const { Requests } = await part("types.js");

const OUTSIDE = "https://wardkey.example";

async function judge(path) {
  const requests = new Requests(new URL(origin).hostname);
  const session = await Session.fromUrl(new URL(path, origin), { headers: ["Accept: text/html,*/*;q=0.8"] });
  if (!session.response) {
    throw new Error(`${path} was not answered`);
  }
  const response = { ...session.response, verified: true };
  const redirects = [OUTSIDE.replace("https:", "http:"), OUTSIDE].map((outside, place) => ({ url: new URL(path, outside), status: place ? response.status : 301 }));
  const cors = await session.options({ headers: { "Access-Control-Request-Method": "GET", Origin: "https://elsewhere.example" } });
  for (const cookie of JSON.parse(cookies)) {
    await session.jar.setCookie(cookie, OUTSIDE);
  }
  Object.assign(requests.responses, {
    auto: response, http: response, https: response, cors, httpRedirects: redirects, httpsRedirects: redirects.slice(1),
  });
  requests.session = session;
  requests.resources.path = getPageText(response, true);
  const isPage = (response.headers["content-type"] ?? "").startsWith("text/html");
  response.httpEquiv = isPage ? parseHttpEquivHeaders(requests.resources.path, session.url.href) : new Map();

  const results = ALL_TESTS.map((test) => test(requests));
  const modifiers = results.map((result) => getScoreModifier(result.result));
  const sum = (numbers) => numbers.reduce((sum, number) => sum + number, 100);
  // As its scanner has it: what is better than good counts for those alone who lost little.
  const base = sum(modifiers.filter((modifier) => modifier < 0));
  const { grade, score } = getGradeForScore(base >= MINIMUM_SCORE_FOR_EXTRA_CREDIT ? sum(modifiers) : base);
  const findings = results.map((result, place) => ({ name: result.constructor.name, result: result.result, modifier: modifiers[place], passed: result.pass }));
  return { path, status: response.status, grade, score, findings };
}

const marks = [];
for (const path of paths) {
  marks.push(await judge(path));
}
console.log(JSON.stringify(marks));
// It keeps connections open.
process.exit(0);
