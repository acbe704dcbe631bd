import { describe, expect, it } from 'vitest';
import { pictureLink } from '../src/lib/picture';

describe("a sensor's link", () => {
  it('leads to a page or a picture, and says to which host', () => {
    expect(pictureLink('https://cam.example:8443/a.jpg?at=1')).toEqual({ href: 'https://cam.example:8443/a.jpg?at=1', host: 'cam.example:8443' });
    expect(pictureLink('http://cam.example/a')?.host).toBe('cam.example');
  });

  it.each(['javascript:alert(1)', ' javascript:alert(1)', 'data:text/html,x', 'file:///etc/passwd', '/a.jpg', 'cam.example', '', 'https://known.example@elsewhere.example/'])(
    'is none at all: %s',
    (url) => expect(pictureLink(url)).toBeNull(),
  );
});
