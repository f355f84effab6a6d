/** What everybody has watched, or one user. */
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { statistics } from "~/api/statistics";
import { isAdmin } from "~/api/users";
import { t } from "~/lib/strings";
import { Allowed } from "~/ui/Allowed";
import { StatisticsView } from "~/ui/account/StatisticsView";
import { SelectField } from "~/ui/Field";

export function AdminStatistics() {
  const [user, setUser] = useState("");
  // Whoever has watched something in a year.
  const { data } = useQuery(statistics({}, 366));
  const users = Object.fromEntries(
    (data?.users ?? []).map(({ id, username }) => [id, username ?? t.statistics.unknown]),
  );
  return (
    <Allowed who={isAdmin}>
      <StatisticsView
        whose={user ? { user } : {}}
        choice={
          <SelectField<string>
            label={t.statistics.whose}
            value={user}
            options={{ "": t.statistics.everybody, ...users }}
            onChange={setUser}
          />
        }
      />
    </Allowed>
  );
}
