export const StaffPage = () => <p>staff</p>;
