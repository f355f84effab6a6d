/** What other servers of this protocol do not tell. No behaviour. */

/** As our server has it, of which others may leave out these. */
export type Lacking<T, Names extends keyof T> = Omit<T, Names> & Partial<Pick<T, Names>>;
