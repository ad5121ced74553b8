// The manager's devices, what is done with them, and what came of it.

import { useCallback, useEffect, useState } from "react";
import type { Api } from "./api";
import type { Device } from "./devices";
import { failureText } from "./failure-text";

/** A device with the password that it was given. */
export interface Added {
  device: Device;
  password: string;
}

export interface Devices {
  /** null: they are loading, or could not be loaded. */
  devices: Device[] | null;
  /** The device that was just added; its password is seen only now. null: none is new. */
  added: Added | null;
  /** What did not work; empty: nothing. */
  problem: string;
  isBusy: boolean;
  /** Whether it was added. */
  add: (name: string) => Promise<boolean>;
  revoke: (id: number) => Promise<boolean>;
  forgetPassword: () => void;
}

export function useDevices(api: Api): Devices {
  const [devices, setDevices] = useState<Device[] | null>(null);
  const [added, setAdded] = useState<Added | null>(null);
  const [problem, setProblem] = useState("");
  const [isBusy, setIsBusy] = useState(false);
  const load = useCallback(async () => setDevices(await api.devices()), [api]);
  useEffect(() => {
    let isStale = false;
    api.devices().then(
      (found) => isStale || setDevices(found),
      (failure: unknown) => isStale || setProblem(failureText(failure)),
    );
    return () => {
      isStale = true;
    };
  }, [api]);

  /** Acts and lists again. */
  const act = async (work: () => Promise<void>): Promise<boolean> => {
    setIsBusy(true);
    setProblem("");
    try {
      await work();
      await load();
      return true;
    } catch (failure) {
      setProblem(failureText(failure));
      return false;
    } finally {
      setIsBusy(false);
    }
  };
  return {
    devices,
    added,
    problem,
    isBusy,
    add: (name) => act(async () => setAdded(await api.addDevice(name))),
    revoke: (id) =>
      act(async () => {
        await api.deleteDevice(id);
        setAdded((shown) => (shown?.device.id === id ? null : shown));
      }),
    forgetPassword: () => setAdded(null),
  };
}
