// NextAuth.js 4: its JWT, with one secret. How it is asked: see serve.mjs.
import nextauth from "next-auth/jwt";
import { serve, web } from "./serve.mjs";

const name = "next-auth.session-token";

serve(([secret]) => web(async (request) => {
  if (request.method === "POST") {
    const token = await nextauth.encode({ token: (await request.json()).value, secret });
    return new Response("", { headers: { "Set-Cookie": `${name}=${token}; Path=/` } });
  }
  // Next.js reads the cookies for it, and decodes them.
  const pairs = (request.headers.get("Cookie") ?? "").split("; ").map((pair) => pair.split(/=(.*)/s).map(decodeURIComponent));
  const { headers } = request;
  const token = await nextauth.getToken({ req: { headers, cookies: Object.fromEntries(pairs) }, secret });
  return Response.json({ value: token });
}));
