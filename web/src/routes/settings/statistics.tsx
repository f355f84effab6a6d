/** What the reader has watched, when. */
import { StatisticsView } from "~/ui/account/StatisticsView";

export const MyStatistics = () => <StatisticsView whose={null} />;
