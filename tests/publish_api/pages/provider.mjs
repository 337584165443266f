// A certified OpenID Connect provider (npm oidc-provider) as a process of its own: PORT CLIENT_ID SECRET BACK PEOPLE,
// the last as JSON: {subject: claims}. Whoever types a subject at its sign-in page is that person. Says "ready".
import Provider from "oidc-provider";

const [port, client_id, client_secret, back, people] = process.argv.slice(2);
const known = JSON.parse(people);
const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [{ client_id, client_secret, redirect_uris: [back] }],
  claims: { openid: ["sub"], profile: ["name", "preferred_username"], email: ["email", "email_verified"] },
  cookies: { keys: ["a key for tests"] },
  pkce: { required: () => true },
  findAccount: (_, id) => known[id] && { accountId: id, claims: () => ({ sub: id, ...known[id] }) },
});
process.stdin.on("end", () => process.exit()).resume(); // it ends with whoever began it, also if that was killed
provider.listen(Number(port), "127.0.0.1", () => console.log("ready"));
