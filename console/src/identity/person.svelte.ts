/** Who sits at this screen, as last said here; forgotten when the page is left. */
export const person = $state({ by: '', role: '' });

export const isNamed = (): boolean => person.by.trim() !== '' && person.role.trim() !== '';
