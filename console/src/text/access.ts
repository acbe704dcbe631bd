/** Words of log-in, users and sessions. */
const ROLES: Record<string, string> = {
  viewer: 'Viewer',
  watch_officer: 'Watch officer',
  commander: 'Commander',
  auditor: 'Auditor',
  administrator: 'Administrator',
};

const MEANS: Record<string, string> = {
  viewer: 'reads the picture',
  watch_officer: 'reads and acts',
  commander: 'reads, acts, approves and signs',
  auditor: 'reads all: the record, users, sessions',
  administrator: 'manages users and site; neither acts nor decides',
};

const WHY: Record<string, string> = {
  wrong: 'Name or password is wrong.',
  no_link: 'The watch did not answer.',
  link_over: 'This link no longer holds. Start the watch again; the terminal shows a new one.',
  bad_password: 'That password will not do: at least 12 letters, and another than before.',
  same_person: 'That is the same person. A second one is needed.',
  single_user: 'This watch has no users.',
};

export const accessText = {
  title: 'Access',
  role: (role: string): string => ROLES[role] ?? role,
  means: (role: string): string => MEANS[role] ?? '',
  why: (code: string, message: string): string => WHY[code] ?? `${message.charAt(0).toUpperCase()}${message.slice(1)}.`,
  failed: (why: string): string => `Cannot be shown: ${why}`,

  name: 'Name',
  password: 'Password',
  newPassword: 'New password',
  again: 'The same again',
  old: 'Present password',
  least: 'At least 12 letters. No other rule: a sentence is best.',
  differ: 'The two are not the same.',

  logIn: 'Log in',
  loggingIn: 'Asking the watch…',
  ended: 'The session has ended',
  endedWhy: 'Log in to go on. What was on this screen is still there.',
  first: 'The first administrator',
  firstWhy: 'From now on people log in. An administrator manages users; who acts gets an account of their own.',
  make: 'Make and log in',
  must: 'Choose a password of your own',
  mustWhy: (name: string): string => `${name}, the one you have was set by somebody else.`,

  who: (name: string, role: string): string => `${name}, ${role}`,
  menu: 'Account',
  until: (time: string): string => `Session until ${time}`,
  endsIn: (minutes: number): string => `session ends in ${minutes} min`,
  account: 'Password and sessions',
  logOut: 'Log out',

  single: 'Single-user mode',
  singleWhy:
    'Whoever sits at this machine acts as the watch officer, and the record says no more. The terminal that started this watch shows a link that makes the first administrator; or use the command below. From then on people log in.',
  command: 'vedette user add DIR "A. Person" --role administrator',

  users: 'Users',
  user: 'User',
  roleTitle: 'Role',
  mandateRoles: 'Roles of the site',
  noMandateRoles: 'none',
  unknownRole: (role: string): string => `${role}: not in the site file`,
  state: 'State',
  active: 'active',
  disabled: 'disabled',
  mustChange: 'password to be changed',
  open: (count: number): string => (count === 1 ? '1 session' : `${count} sessions`),
  add: 'Add a user',
  added: (name: string): string => `${name} is added. Tell them the password; they must change it at the first log-in.`,
  firstPassword: 'First password',
  save: 'Save',
  cancel: 'Cancel',
  edit: (name: string): string => `Change ${name}`,
  disable: 'Disable',
  enable: 'Enable',
  reset: 'Other password',
  resetDone: (name: string): string => `${name} has another password, and must change it at the next log-in.`,

  sessions: 'Open sessions',
  ownSessions: 'My sessions',
  from: 'From',
  since: 'Since',
  lastSeen: 'Last seen',
  screens: 'Screens',
  this: 'this one',
  end: 'End',
  endLabel: (user: string, address: string): string => `End the session of ${user} from ${address}`,
  myPassword: 'My password',
  change: 'Change',
  changed: 'Your password is changed. Your other sessions have ended.',

  second: 'Somebody else signs here',
  confirm: 'Confirm',
  secondWhy: (first: string): string => `For this act alone. The record has who signed, and that it was at the screen of ${first}.`,

  operator: 'Operator',
  operatorOpen: 'Show where the operator stands',
  operatorWhy: 'Personal data. That you opened it is recorded.',
  operatorNote: 'What for',
  operatorAt: (time: string): string => `claimed, heard ${time}`,
  operatorBy: (name: string): string => `opened by ${name}`,
} as const;
