// --8<-- [start:catch]
import { MillenniumError, invoke } from "@millennium/api";

export const withdraw = async (amount) => {
  try {
    return await invoke("withdraw", { amount });
  } catch (error) {
    if (error instanceof MillenniumError && error.code === "account.too_little") {
      return error.message; // written for the user
    }
    throw error;
  }
};
// --8<-- [end:catch]

export const divide = () =>
  invoke("divide", { number: 1, by: 0 }).catch(({ code, message }) => [code, message]);

export const wrong = () => invoke("withdraw", { sum: 1 }).catch(({ code, message }) => [code, message]);
