/** What /server takes and gives. Made by `make types`. */

/**
 * `every` hours one is made, null: none by itself.
 */
export interface Backups {
  target: string;
  every: number | null;
  keep: number;
  doing: Doing | null;
  failure: string | null;
  backups: KeptBackup[];
}
export interface Doing {
  what: string;
  done: number;
  whole: number;
}
/**
 * `files` is null for the database alone; `size` is in bytes, of all of it.
 */
export interface KeptBackup {
  name: string;
  made: string;
  release: string;
  reason: string;
  files: number | null;
  size: number;
}
export interface Examination {
  well: boolean;
  findings: Examined[];
}
/**
 * One thing that was looked at; `todo` says what to do where it is not well.
 */
export interface Examined {
  area: string;
  well: boolean;
  what: string;
  todo: string | null;
}
/**
 * `setup`: nobody has an account yet. `failure`: why a backup could not be brought back.
 */
export interface Setup {
  setup: boolean;
  failure: string | null;
}
export interface Where {
  target: string;
}
export interface Which {
  target: string;
  name?: string | null;
}
