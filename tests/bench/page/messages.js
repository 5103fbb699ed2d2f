/** Single messages: Samlight's works beside those of other JavaScript, on this page. */
import init, * as samlight from "/bench/samlight_bench.js";
import * as peers from "/peers.js";
import { least } from "./least.js";

const WORKS = {
  verify: ({ xml }) => {
    const octets = new TextEncoder().encode(xml);
    return [() => samlight.verify(octets)];
  },
  verdict: ({ post, accepted }, { settings, now }) => [() => samlight.verdict(post, settings, now, accepted)],
  look: ({ post, accepted }, { settings, now }) => [
    () => samlight.look(post, settings, now, accepted), () => peers.look(post),
  ],
  pretty: ({ post }) => [() => samlight.pretty("post", post), () => peers.pretty("post", post)],
  prettyRedirect: ({ redirect }) => [() => samlight.pretty("redirect", redirect), () => peers.pretty("redirect", redirect)],
};

/** Of each message, for each work that is asked for, the times. */
export default async function messages() {
  await init();
  const given = await (await fetch("/given/messages.json")).json();
  return given.messages.map((message) => {
    return Object.fromEntries(message.works.map((name) => [name, least(WORKS[name](message, given))]));
  });
}
