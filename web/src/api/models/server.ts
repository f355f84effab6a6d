/** What the server tells about itself. */
export type Finding = { area: string; well: boolean; what: string; todo: string | null };

export type Examination = { well: boolean; findings: Finding[] };

/** `files` is null for the database alone; `size` is in bytes. */
export type Backup = {
  name: string;
  made: string;
  release: string;
  reason: string;
  files: number | null;
  size: number;
};

/** `every` hours one is made; null: none by itself. */
export type Backups = {
  target: string;
  every: number | null;
  keep: number;
  doing: { what: string; done: number; whole: number } | null;
  failure: string | null;
  backups: Backup[];
};
