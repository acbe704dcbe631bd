/** The keys of the site file that have a form, in the order in which they are asked for. docs/site-file.md says more. */

export interface Field {
  key: string;
  label: string;
  kind: 'text' | 'number' | 'pair' | 'words' | 'choice' | 'choices' | 'flag' | 'time';
  unit?: string;
  options?: readonly string[];
  /** Shown only for these kinds of the table. */
  only?: readonly string[];
}

const text = (key: string, label: string): Field => ({ key, label, kind: 'text' });
const number = (key: string, label: string, unit = ''): Field => ({ key, label, kind: 'number', unit });
const pair = (key: string, label: string, unit: string): Field => ({ key, label, kind: 'pair', unit });
const choice = (key: string, label: string, options: readonly string[]): Field => ({ key, label, kind: 'choice', options });
const choices = (key: string, label: string, options: readonly string[]): Field => ({ key, label, kind: 'choices', options });
const words = (key: string, label: string): Field => ({ key, label, kind: 'words' });
const only = (field: Field, ...kinds: string[]): Field => ({ ...field, only: kinds });

export const SENSOR_KINDS = ['radar', 'rf', 'camera', 'acoustic', 'adsb', 'remote_id', 'telemetry', 'external', 'person'];
export const SOURCES = [
  'asterix', 'beast', 'avr', 'rs1090', 'sbs', 'aircraft_json', 'remote_id', 'sapient', 'mavlink', 'cot', 'mqtt', 'json', 'table',
];
export const ROLES = ['perimeter', 'warning', 'keep_out', 'asset', 'runway', 'landmark'];
const MEASURES = [
  'shelter_alarm', 'inform_tower', 'call_police', 'call_partner', 'lights', 'hold_runway', 'close_runway', 'send_team', 'request_defeat',
];
const STANDS = ['radar', 'rf', 'camera', 'acoustic'];
const PLACES = ['adsb', 'remote_id', 'telemetry', 'external'];

export const SITE: readonly Field[] = [
  text('name', 'Name'),
  text('timezone', 'Time zone'),
  number('latitude_deg', 'Reference latitude', '°'),
  number('longitude_deg', 'Reference longitude', '°'),
  number('altitude_msl_m', 'Over the sea', 'm'),
];

export const TABLES: Readonly<Record<string, readonly Field[]>> = {
  sensor: [
    text('id', 'Id'),
    text('name', 'Name'),
    choice('kind', 'Kind', SENSOR_KINDS),
    number('latitude_deg', 'Latitude', '°'),
    number('longitude_deg', 'Longitude', '°'),
    number('altitude_msl_m', 'Over the sea', 'm'),
    number('period_s', 'Time between looks', 's'),
    only(pair('range_m', 'Range, from and to', 'm'), ...STANDS),
    only(pair('azimuth_true_deg', 'Azimuth, clockwise from and to', '°'), ...STANDS),
    only(pair('elevation_deg', 'Elevation, from and to', '°'), ...STANDS),
    only(number('sigma_range_m', 'σ range', 'm'), 'radar', 'acoustic'),
    only(number('sigma_azimuth_deg', 'σ azimuth', '°'), ...STANDS),
    only(number('sigma_elevation_deg', 'σ elevation', '°'), ...STANDS),
    only(number('sigma_range_rate_mps', 'σ range rate', 'm/s'), 'radar'),
    only(number('sigma_position_m', 'σ position', 'm'), ...PLACES),
    only(number('sigma_altitude_m', 'σ altitude', 'm'), ...PLACES),
    number('p_detect', 'Chance to see in one look'),
    number('clutter_per_scan', 'False detections a look'),
    only(number('sac', 'ASTERIX SAC'), 'radar'),
    only(number('sic', 'ASTERIX SIC'), 'radar'),
  ],
  feed: [
    text('sensor', 'Sensor'),
    choice('source', 'Format', SOURCES),
    text('url', 'Address'),
    number('stale_s', 'Stale after', 's'),
    text('id', 'Id, if not the sensor’s'),
    text('token_file', 'Token file'),
    text('user', 'User'),
    text('password_file', 'Password file'),
  ],
  rule: [
    text('id', 'Id'),
    choices('zones', 'Zones', ROLES),
    number('within_s', 'Inside within', 's'),
    choice('class', 'What', ['uav', 'manned', 'bird', 'other', 'any']),
    number('p_class_min', 'At least this sure'),
    { key: 'unclassed', label: 'Not yet classed too', kind: 'flag' },
    number('persist_s', 'Holds for, before it is raised', 's'),
    number('clear_s', 'Gone for, before it is cleared', 's'),
    number('cool_down_s', 'Quiet after clearing', 's'),
    choice('priority', 'Priority', ['1', '2', '3', '4']),
  ],
  mandate: [
    text('granted_by', 'Granted by'),
    text('to', 'Granted to'),
    { key: 'from', label: 'From', kind: 'time' },
    { key: 'until', label: 'Until', kind: 'time' },
    words('ground', 'Ground: ids of zones'),
    choices('protects', 'Protects', ['own_force', 'partners', 'civilians', 'infrastructure']),
    words('two_persons', 'Two persons: ids of measures'),
    number('threat_s', 'A threat within', 's'),
    number('safety_radius_m', 'No manned aircraft within', 'm'),
    number('safety_height_m', 'nor above or below', 'm'),
  ],
  'mandate.role': [text('name', 'Role'), words('measures', 'May order'), words('seconds', 'May second')],
  measure: [text('id', 'Id'), choice('kind', 'Kind', MEASURES), text('name', 'Name'), text('owner', 'Carried out by')],
};

/** What a new table begins with: enough to have no fault of its own. */
export function fresh(table: string, taken: readonly string[], at: { latitude: number; longitude: number }): Record<string, unknown> {
  const free = (stem: string): string => {
    let n = 1;
    while (taken.includes(`${stem}-${n}`)) n++;
    return `${stem}-${n}`;
  };
  const rounded = (value: number): number => Number(value.toFixed(7));
  switch (table) {
    case 'sensor':
      return {
        id: free('radar'), kind: 'radar', latitude_deg: rounded(at.latitude), longitude_deg: rounded(at.longitude),
        altitude_msl_m: 0, period_s: 1, range_m: [100, 5000], sigma_range_m: 10, sigma_azimuth_deg: 1, sigma_elevation_deg: 1,
      };
    case 'feed':
      return { sensor: taken[0] ?? '', source: 'json', url: 'udp://127.0.0.1:8600' };
    case 'rule':
      return { id: free('rule'), zones: ['perimeter'], within_s: 60 };
    case 'measure':
      return { id: free('measure'), kind: 'inform_tower' };
    case 'mandate.role':
      return { name: free('role'), measures: [] };
    default:
      return {};
  }
}

export const wanted = (fields: readonly Field[], row: Record<string, unknown>): Field[] =>
  fields.filter((one) => !one.only || one.only.includes(String(row['kind'])) || one.key in row);
