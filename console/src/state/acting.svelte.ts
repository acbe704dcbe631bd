/** Who acts at this screen where nobody logs in, as they said last; each dialog shows it and lets it be changed.
 *
 *  Who is logged in is known to the watch: then only the role is chosen here, among those that he holds.
 */

class Acting {
  name = $state(localStorage.getItem('vedette-name') ?? '');
  role = $state(localStorage.getItem('vedette-role') ?? '');

  say(name: string, role: string): void {
    this.name = name.trim();
    this.role = role;
    localStorage.setItem('vedette-name', this.name);
    localStorage.setItem('vedette-role', this.role);
  }
}

export const acting = new Acting();

/** The role to begin with: the one said last where it is held, else the only one. */
export function roleOf(held: readonly string[]): string {
  if (held.includes(acting.role)) return acting.role;
  return held.length === 1 ? (held[0] ?? '') : '';
}
