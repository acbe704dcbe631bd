/** Who acts at this screen, as they said last; each dialog shows it and lets it be changed. */

class Acting {
  name = $state(localStorage.getItem('vedette-name') ?? '');
  role = $state(localStorage.getItem('vedette-role') ?? '');

  say(name: string, role: string): void {
    this.name = name.trim();
    this.role = role;
    localStorage.setItem('vedette-name', this.name);
    localStorage.setItem('vedette-role', this.role);
  }

  /** For the body of a request; what is empty is left out. */
  get body(): { by?: string; role?: string } {
    return { ...(this.name ? { by: this.name } : {}), ...(this.role ? { role: this.role } : {}) };
  }
}

export const acting = new Acting();
