/** What the reader has watched, when. */
import { StatisticsView } from "~/ui/StatisticsView";

export const MyStatistics = () => <StatisticsView whose={null} />;
