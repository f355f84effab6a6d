/** What the server tells about itself. */
export type Finding = { area: string; well: boolean; what: string; todo: string | null };

export type Examination = { well: boolean; findings: Finding[] };
