/** What the server tells about itself. */
export type { Backups, Examination, Examined as Finding, KeptBackup as Backup } from "../wire/server";
