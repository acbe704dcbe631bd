/** A link that a sensor sent: followed by people alone, so only what a browser opens as a page or a picture. */

/** Where it leads, and the host to show; null for anything but http and https. */
export function pictureLink(url: string): { href: string; host: string } | null {
  if (!URL.canParse(url)) return null;
  const { protocol, href, host, username, password } = new URL(url);
  return (protocol === 'http:' || protocol === 'https:') && !username && !password ? { href, host } : null;
}
