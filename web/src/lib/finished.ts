/** When something has been watched to its end, as the server takes it. Pure. */

/** Percent. A test of the server holds it equal to the server's own. */
export const finishedAt = 95;

export const isFinished = (percent: number) => percent >= finishedAt;

/** Begun, and not watched to its end. */
export const isUnderWay = (percent: number) => percent > 0 && !isFinished(percent);
