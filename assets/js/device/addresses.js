// Where the server is asked. tests/pages/test_device.py holds them against the server's own list.
export const DEVICE = "/record/device/";
export const BATCH = "/api/v1/hours/batch";
export const HOURS = "/api/v1/hours";
export const LOG = "/record/hours/log/";
export const WEEK = "/record/hours/week/";
export const CLEAR_TIMER = "/record/hours/timer/clear/";
export const SIGN_OUT = "/accounts/logout/";
export const WORKER = "/sw.js";
export const shell = (language) => `/offline/${language === "es" ? "es" : "en"}/`;
