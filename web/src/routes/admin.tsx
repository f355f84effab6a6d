export const Admin = () => <p>admin</p>;
