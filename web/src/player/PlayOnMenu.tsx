/** Has another screen of the reader go on with what plays here. */
import { useQuery } from "@tanstack/react-query";
import { MonitorPlay, MonitorSmartphone } from "lucide-react";
import { devices, order } from "~/api/devices";
import { t } from "~/lib/strings";
import { showToast } from "~/lib/toast";
import { Menu, MenuItem } from "~/ui/Menu";
import { controlClass } from "./Menus";

export function PlayOnMenu({
  slug,
  position,
  onSent,
  onOpenChange,
}: {
  slug: string;
  position: () => number;
  onSent: () => void;
  onOpenChange: (open: boolean) => void;
}) {
  const others = useQuery(devices).data ?? [];
  if (!others.length) return null;
  return (
    <Menu
      label={t.devices.playOn}
      side="top"
      dark
      testId="play-on"
      triggerClass={controlClass}
      trigger={<MonitorSmartphone aria-hidden="true" />}
      onOpenChange={onOpenChange}
    >
      {others.map(({ id, name }) => (
        <MenuItem
          key={id}
          onSelect={() => {
            if (order(id, "play", { video: slug, position: position() })) onSent();
            else showToast(t.common.offline, "error");
          }}
        >
          <MonitorPlay /> {name}
        </MenuItem>
      ))}
    </Menu>
  );
}
