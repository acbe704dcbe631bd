/** Who sits at this screen: as logged in, else as last said here; forgotten when the page is left. */
export const person = $state({ by: '', role: '', known: false });

export const isNamed = (): boolean => person.by.trim() !== '' && (person.known || person.role.trim() !== '');

/** How a request says it. Who is logged in need not say a role. */
export const signed = (): { by: string; role: string | null } => ({ by: person.by.trim(), role: person.role.trim() || null });
