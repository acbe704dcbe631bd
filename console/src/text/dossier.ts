/** Words of the incident's screen: what people add to an incident, and what may be said of it. */
import type { IncidentDocument } from '../api/types';

const MADE = {
  recorded: 'Tracks as recorded',
  smoothed: 'Tracks smoothed after the fact',
  in_part: 'Tracks smoothed after the fact, in part',
} as const;
type Closed = IncidentDocument['closures'][number];
const clock = (local: string): string => local.slice(11, 16);

const SUBJECTS: Record<string, string> = {
  count: 'How many',
  place: 'Where down',
  airport: 'Airport',
  injuries: 'Injuries',
  damage: 'Damage',
  responsibility: 'Who did it',
  other: 'Other',
};
const PLACES: Record<string, string> = { both: 'One in, one out', inside: 'Inside', outside: 'Outside' };
const STATES: Record<string, string> = {
  draft: 'Draft',
  awaiting_approval: 'Awaiting approval',
  approved: 'Approved',
  flagged: 'Flagged',
  released: 'Released',
  withdrawn: 'Withdrawn',
};
const MOVES: Record<string, string> = {
  submit: 'Submitted',
  approve: 'Approved',
  approve_last: 'Approved',
  release: 'Released',
  withdraw: 'Withdrawn',
  flag: 'Flagged: a fact changed',
  restore: 'Back to draft: the facts are again what it says',
  restore_released: 'The facts are again what it says',
};

export const words = {
  timeline: 'Timeline',
  timelineNote: 'local, UTC, record',
  noTimeline: 'The record has nothing of it yet.',
  map: 'Places and paths',
  mapLabel: (n: number): string => `Map of the incident: ${n} tracks, the perimeter and the places of impact`,
  mapNone: 'No track of this incident has a known place.',
  ellipses: '95 % ellipses',
  paths: (made: keyof typeof MADE, pending: boolean, from: string, to: string): string =>
    `${MADE[made]}, ${from} to ${to}${pending ? '. Smoothed ones are being made…' : ''}`,
  metres: (m: number): string => (m >= 1000 ? `${m / 1000} km` : `${m} m`),
  down: { inside: 'Inside', outside: 'Outside', unsure: 'In or out: unsure' },
  print: 'Print',
  refresh: 'Asking the record…',
  caseRefused: (why: string): string => `The record cannot be read: ${why}`,

  effects: {
    enter: 'Enter an effect',
    what: 'Effect',
    state: 'What is known',
    none: 'None, says a named source',
    some: 'Reported',
    value: 'What was reported',
    source: 'Whose word',
    sourceHint: 'such as: the medical officer on duty',
    how: 'How it is known',
    conflict: 'Accounts differ: nothing is said of it',
    corrected: 'corrected',
    withdrawn: (by: string): string => `withdrawn by ${by}`,
    none_reported: 'None reported',
    withdraw: 'Withdraw',
    history: (n: number): string => (n === 1 ? '1 earlier entry' : `${n} earlier entries`),
    entered: (by: string): string => `entered by ${by}`,
  },

  claims: {
    title: 'Claims ledger',
    count: (n: number, questions: number): string =>
      questions === 0 ? `${n}` : `${n}, in conflict on ${questions === 1 ? '1 question' : `${questions} questions`}`,
    none: 'No claims yet. What others say in public stands here, side by side with the record.',
    add: 'Add a claim',
    who: 'Who said it',
    grade: 'Grade',
    record: 'Our record',
    recordNote: 'evidence, not a claim',
    unclaimed: 'Unclaimed',
    closed: (one: Closed): string => {
      const until = one.reopened_local ? `${clock(one.reopened_local)} by ${one.reopened_by ?? ''}` : 'now';
      const grade = one.sighting_grade ? `, sightings ${one.sighting_grade}` : '';
      return `${one.name}, ${clock(one.closed_local)} to ${until}; closed by ${one.by}${one.role ? ` (${one.role})` : ''}, sensors: ${one.sensors}${grade}`;
    },
    subject: (name: string): string => SUBJECTS[name] ?? name,
    value: (subject: string, value: string): string => {
      if (subject === 'place') return PLACES[value] ?? value;
      return value.charAt(0).toUpperCase() + value.slice(1);
    },
    question: 'About',
    what: 'What they say',
    source: 'Who said it',
    where: 'Where published',
    published: 'When published',
    reliability: 'How reliable is the source',
    credibility: 'How likely is it true',
    differs: 'differs from the record',
    agrees: 'agrees with the record',
    conflict: 'others say differently',
    withdrawn: 'withdrawn',
    withdraw: 'Withdraw',
  },
  reliabilities: [
    ['A', 'A  reliable'],
    ['B', 'B  usually reliable'],
    ['C', 'C  fairly reliable'],
    ['D', 'D  not usually reliable'],
    ['E', 'E  unreliable'],
    ['F', 'F  cannot be judged'],
  ],
  credibilities: [
    ['1', '1  confirmed elsewhere'],
    ['2', '2  probably true'],
    ['3', '3  possibly true'],
    ['4', '4  doubtful'],
    ['5', '5  improbable'],
    ['6', '6  cannot be judged'],
  ],

  attribution: {
    title: 'Who did it',
    note: 'two persons in two roles sign it; never the machine',
    propose: 'Sign a change',
    sign: 'Sign as second',
    back: 'Take back',
    waiting: 'waits for a second person',
    signed: (by: string, role: string): string => `signed by ${by}, ${role}`,
    none: 'Unclaimed. Nobody has signed anything else.',
    state: 'What is decided',
    states: { claimed: 'They claim it, and that is confirmed', attributed: 'It is attributed to them', unclaimed: 'Back to unclaimed' },
    to: 'Who',
    grounds: 'On what grounds',
    word: (state: string, to: string | null): string =>
      state === 'unclaimed' ? 'Unclaimed' : `${state === 'claimed' ? 'Claimed by' : 'Attributed to'} ${to ?? ''}`,
  },

  media: {
    title: 'Media',
    none: 'No pictures or films yet.',
    add: 'Add a file',
    file: 'File',
    takenBy: 'Taken by',
    taken: 'When taken',
    from: 'Received from',
    columns: ['File', 'Taken', 'Held by', 'SHA-256'],
    size: (bytes: number): string => (bytes < 1e6 ? `${Math.ceil(bytes / 1000)} kB` : `${(bytes / 1e6).toFixed(1)} MB`),
    unknown: 'not known',
    custody: 'Hand over',
    holder: 'Who holds it now',
    got: (from: string): string => `from ${from}`,
  },

  sensors: {
    title: 'Sensors that saw, and that should have',
    none: 'The site has no sensors.',
    columns: ['Sensor', 'Saw', 'Did not see, and why'],
  },

  decisions: {
    title: 'Decisions and facts',
    none: 'Nobody ordered or recorded anything.',
    columns: ['What', 'When', 'By', 'Stands'],
    outside: 'outside the mandate',
    state: (name: string): string => name.replace('_', ' '),
  },

  sightings: {
    title: 'Sightings',
    none: 'Nobody reported a sighting.',
    columns: ['Seen by', 'When', 'Most likely', 'Grade'],
  },

  statement: {
    title: 'Statement',
    note: 'choose a sentence: its evidence lights up',
    now: 'What can be said now',
    notDrafted: 'no draft yet',
    state: (name: string): string => STATES[name] ?? name,
    move: (name: string): string => MOVES[name] ?? name,
    versions: 'Which statement',
    event: (seq: number): string => `E-${seq}`,
    changed: 'Now',
    nothing: 'nothing can be said',
    flagged: (n: number): string =>
      n === 1 ? 'One sentence is no longer what the facts give.' : `${n} sentences are no longer what the facts give.`,
    flaggedWhat: 'Withdraw it and draft another, or correct the entry that is wrong.',
    notSaid: 'Not said, and why',
    leftOut: 'Left out',
    leftOutWhy: 'by whoever drafted it',
    approval: 'Approval',
    drafted: 'Drafted',
    yours: 'waiting',
    gone: 'void: a fact changed',
    before: 'after it is submitted',
    draft: 'Draft a statement',
    draftAnew: 'Draft anew',
    submit: 'Submit',
    approve: 'Approve',
    release: 'Release',
    withdraw: 'Withdraw',
    say: 'What it will say',
    notLive: 'Not live: it can be approved, never released',
    history: (n: number): string => (n === 1 ? '1 step so far' : `${n} steps so far`),
    outdated: 'Something else can be said by now: draft anew to say it',
  },

  form: {
    by: 'Your name',
    role: 'Your role',
    note: 'Note',
    cancel: 'Cancel',
    record: 'Record',
    sign: 'Sign',
    sending: 'Asking the watch…',
    refused: (why: string): string => `Not recorded: ${why}`,
    optional: 'optional',
    local: (zone: string): string => `time of ${zone}`,
  },
} as const;
