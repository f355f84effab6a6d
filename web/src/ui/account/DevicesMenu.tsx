/** What the reader's other screens play, with the buttons to steer them and to go on here. */
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { MonitorPlay, MonitorSmartphone, Pause, Play, Square } from "lucide-react";
import { useEffect } from "react";
import { deviceId } from "~/api/device";
import { type Device, devices, order, positionOf } from "~/api/devices";
import { live } from "~/api/live";
import { t } from "~/lib/strings";
import { showToast } from "~/lib/toast";
import { watchLink } from "~/ui/links";
import { Menu, MenuItem } from "~/ui/Menu";

function DeviceItems({ device }: { device: Device }) {
  const navigate = useNavigate();
  const { state } = device;
  const ask = (name: string) => {
    if (!order(device.id, name)) showToast(t.common.offline, "error");
  };
  const takeOver = () => {
    if (!state.video) return;
    const position = Math.floor(positionOf(state));
    ask("stop");
    void navigate({ ...watchLink(state.video), search: { t: String(position) } });
  };
  return (
    <>
      <div className="px-3 pt-2 pb-1" data-testid="device">
        <div className="truncate text-xs text-muted">{device.name}</div>
        <div className="truncate font-bold">
          {[state.title, state.subtitle].filter(Boolean).join(" · ") || t.devices.idle}
        </div>
      </div>
      {state.video && (
        <>
          <MenuItem onSelect={takeOver} data-testid="device-take-over">
            <MonitorPlay /> {t.devices.takeOver}
          </MenuItem>
          <MenuItem onSelect={() => ask(state.paused ? "resume" : "pause")} data-testid="device-pause">
            {state.paused ? <Play /> : <Pause />} {state.paused ? t.player.play : t.player.pause}
          </MenuItem>
          <MenuItem onSelect={() => ask("stop")}>
            <Square /> {t.devices.stop}
          </MenuItem>
        </>
      )}
    </>
  );
}

/** There only while another screen is. */
export function DevicesMenu() {
  const others = useQuery(devices).data ?? [];
  if (!others.length) return null;
  const playing = others.some(({ state }) => state.video);
  return (
    <Menu
      label={t.devices.label}
      testId="devices"
      triggerClass={`grid size-10 place-items-center rounded-full hover:bg-raised ${playing ? "text-accent-text" : ""}`}
      trigger={<MonitorSmartphone className="size-5" aria-hidden="true" />}
    >
      {others.map((device) => (
        <DeviceItems key={device.id} device={device} />
      ))}
    </Menu>
  );
}

/** Everywhere: opens the player when another screen asks for it. */
export function useOrderedToPlay() {
  const navigate = useNavigate();
  useEffect(
    () =>
      live.listen({
        stale: () => {},
        event: (event) => {
          if (event.topic !== "devices" || event.type !== "command") return;
          const { device, command } = event;
          if (device.id !== deviceId()) return;
          if (command?.name === "message" && typeof command.text === "string") showToast(command.text);
          if (command?.name !== "play" || typeof command.video !== "string") return;
          const search =
            typeof command.position === "number" ? { t: String(Math.floor(command.position)) } : {};
          void navigate({ ...watchLink(command.video), search });
        },
      }),
    [navigate],
  );
}
