/** Names for what the API sends. The shapes are generated from the OpenAPI document; nothing here repeats them. */
import type { components, paths } from './schema';

type Schemas = components['schemas'];

export type Track = Schemas['TrackView'];
export type TracksPicture = Schemas['TracksView'];
export type TrailPoint = Schemas['TrailPointView'];
export type Alert = Schemas['AlertView'];
export type HeldRule = Schemas['HeldRuleView'];
export type ReasonName = NonNullable<Alert['dismissal']>['reason'];
export type ClosingName = NonNullable<NonNullable<Alert['closing']>['reason']>;
export type BackCause = NonNullable<Alert['back']>['cause'];
export type FalseAlarms = Schemas['FalseAlarmsView'];
export type Counted = Schemas['CountedView'];
export type Incident = Schemas['IncidentView'];
export type IncidentDocument = Schemas['IncidentDocument'];
export type IncidentTrack = Schemas['DocumentTrack'];
export type IncidentAlert = Schemas['DocumentAlert'];
export type Effect = Schemas['EffectView'];
export type Health = Schemas['HealthView'];
export type Feed = Schemas['FeedView'];
export type Output = Schemas['OutputView'];
export type Site = Schemas['SiteView'];
export type Zone = Schemas['ZoneView'];
export type Sensor = Schemas['SensorView'];
export type SiteFile = Schemas['SiteFileView'];
export type SiteCheck = Schemas['SiteCheckView'];
export type SiteFault = Schemas['FaultView'];
export type SiteDifference = Schemas['DifferenceView'];
export type SiteVersion = Schemas['VersionView'];
export type SensorTask = Schemas['SensorTaskView'];
export type Ring = Schemas['RingView'];
export type Impact = Schemas['ImpactView'];
export type Approach = Schemas['ApproachView'];
export type SensorImage = Schemas['ImageView'];
export type Evidence = Schemas['EvidenceView'];
export type Override = Schemas['OverrideView'];
export type Flight = Schemas['FlightView'];
export type FlightEntry = Schemas['FlightEntry'];
export type Reason = Schemas['ReasonView'];
export type History = Schemas['HistoryView'];
export type PastIncident = Schemas['PastIncidentView'];
export type HistoryQuery = NonNullable<paths['/api/v1/history']['get']['parameters']['query']>;
export type Exercise = Schemas['ExerciseView'];
export type Exercises = Schemas['ExercisesView'];
export type Evaluation = Schemas['EvaluationView'];
export type TargetResult = Schemas['TargetResultView'];
export type Verdict = Schemas['VerdictView'];
export type Snapshot = Schemas['Snapshot'];
export type Span = Schemas['SpanView'];
export type PastPoint = Schemas['PointView'];
export type PastPoints = Schemas['PointsView'];
export type PastAlerts = Schemas['PastAlertsView'];
export type Look = Schemas['LookView'];
export type Looks = Schemas['LooksView'];
export type Mandate = Schemas['MandateView'];
export type Measure = Schemas['MeasureView'];
export type Decision = Schemas['DecisionView'];
export type Decisions = Schemas['DecisionsView'];
export type Finding = Schemas['FindingView'];
export type Response = Schemas['ResponseView'];
export type Checklist = Schemas['ChecklistView'];
export type ChecklistStep = Schemas['StepView'];
export type Notice = Schemas['NoticeView'];
export type Closure = Schemas['ClosureView'];
export type Criterion = Schemas['CriterionView'];
export type Place = Schemas['PlaceView'];
export type Sheet = Schemas['SheetView'];
export type HandOver = Schemas['HandOverView'];
export type HandOverDraft = Schemas['DraftView'];
export type Origin = Track['origin'];

interface Numbered {
  seq: number;
}

export interface TrackEnd extends Numbered {
  kind: 'track_end';
  track: string;
  origin: Origin;
  time_utc: string;
}

/** A topic's frame: its name for the kind, and the topic's own keys. */
export type TopicViews = Snapshot['topics'];
export type TopicName = keyof TopicViews;
export type TopicMessage = { [Name in TopicName]: TopicViews[Name] & Numbered & { kind: Name } }[TopicName];

/** What moves of each track, one list a column, by the tables' names; times are UTC seconds. */
export interface Columns {
  track: string[];
  observed_s: number[];
  last_update_s: number[];
  latitude_deg: (number | null)[];
  longitude_deg: (number | null)[];
  altitude_ellipsoid_m: (number | null)[];
  altitude_msl_m: (number | null)[];
  height_agl_m: (number | null)[];
  velocity_east_mps: number[];
  velocity_north_mps: number[];
  velocity_up_mps: (number | null)[];
  speed_mps: number[];
  course_true_deg: (number | null)[];
  sigma_position_m: number[];
  sigma_major_m: number[];
  sigma_minor_m: number[];
  azimuth_true_deg: number[];
  p_exists: number[];
}

/** What seldom changes of a track. */
export type TrackAbout = Pick<
  Track,
  | 'track'
  | 'first_utc'
  | 'status'
  | 'class'
  | 'p_class'
  | 'identity'
  | 'cooperation'
  | 'callsign'
  | 'impact'
  | 'disposition'
  | 'evidence_says'
  | 'override'
  | 'image'
>;

/** What changed of the picture; `whole`: tracks that it does not name are gone. */
export interface TracksDelta extends Numbered {
  kind: 'tracks';
  whole: boolean;
  moves: Partial<Columns>;
  about: TrackAbout[];
  details: Track[];
  /** By track: UTC seconds, degrees north, degrees east of each point in turn. */
  trails: Record<string, number[]>;
}

/** One message of the stream's small form. */
export interface Batch extends Numbered {
  kind: 'batch';
  /** The server's own clock as it sent this. */
  sent_utc: string;
  messages: Message[];
}

/** What a batch holds: a snapshot without its tracks, what changed of the tracks, the whole of other things. */
export type Message =
  | (Snapshot & { kind: 'snapshot' })
  | TracksDelta
  | TrackEnd
  | (Alert & Numbered & { kind: 'alert' })
  | (Incident & Numbered & { kind: 'incident' })
  | (Health & Numbered & { kind: 'health' })
  | TopicMessage;
