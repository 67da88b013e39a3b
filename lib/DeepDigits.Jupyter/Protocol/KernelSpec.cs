using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace DeepDigits.Jupyter;

/// <summary>A kernelspec: the folder with a <c>kernel.json</c> by which front ends find a kernel, and know how to start it.</summary>
/// <param name="Name">The folder's name, by which notebooks ask for the kernel.</param>
/// <param name="Folder">The folder.</param>
/// <param name="DisplayName">What front ends show.</param>
/// <param name="Language">The language.</param>
/// <param name="Arguments">The command that starts the kernel.</param>
/// <param name="IsOurs">Whether this program installed it.</param>
public sealed partial record KernelSpec(string Name, string Folder, string DisplayName, string Language, IReadOnlyList<string> Arguments, bool IsOurs)
{
    /// <summary>The name under which C# notebooks look for their kernel: .NET Interactive's.</summary>
    public const string DefaultName = ".net-csharp";

    const string FileName = "kernel.json";
    const string BackupName = "kernel.json.before-deepdigits";
    const string LogoName = "logo-svg.svg";

    /// <summary>Every kernelspec that front ends find. Of those with the same name they take the first.</summary>
    public static IReadOnlyList<KernelSpec> List(JupyterPaths paths)
    {
        ArgumentNullException.ThrowIfNull(paths);
        return
        [
            .. paths.AllKernels.Where(Directory.Exists)
                .SelectMany(folder => Directory.GetDirectories(folder).Order(StringComparer.Ordinal))
                .Select(Read)
                .OfType<KernelSpec>(),
        ];
    }

    /// <summary>The command that starts this program's kernel, and what it needs in its environment.</summary>
    /// <param name="program">The program: the assembly <c>DeepDigits.Cli.dll</c>.</param>
    /// <param name="processPath">The executable of this process.</param>
    /// <returns>The command up to the connection file, and environment variables.</returns>
    /// <remarks>
    /// A front end that was not started from a shell need not know where <c>dotnet</c> is, so the command names it by its full path. An
    /// installed .NET tool is called by its own command instead: the folder of its assembly changes with every update.
    /// </remarks>
    public static (IReadOnlyList<string> Arguments, IReadOnlyDictionary<string, string> Environment) FindCommand(string program, string? processPath)
    {
        ArgumentException.ThrowIfNullOrEmpty(program);
        string root = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
        bool isTool = program.Split('/', '\\').Contains(".store");
        if (isTool && processPath is not null && Path.GetFileNameWithoutExtension(processPath) != "dotnet")
        {
            return ([processPath], new Dictionary<string, string> { ["DOTNET_ROOT"] = root });
        }
        string host = Path.Combine(root, OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet");
        return ([File.Exists(host) ? host : "dotnet", program], new Dictionary<string, string>());
    }

    /// <summary>Installs the kernelspec for this user. What the user has added to an earlier one of ours stays.</summary>
    /// <param name="paths">Where kernelspecs are.</param>
    /// <param name="name">The kernelspec's name.</param>
    /// <param name="displayName">What front ends show.</param>
    /// <param name="arguments">The command; the connection file is added.</param>
    /// <param name="environment">Environment variables that the command needs.</param>
    /// <param name="force">Whether a foreign kernelspec of the same name may be replaced. It is kept beside the new one, and comes back at <see cref="Uninstall"/>.</param>
    /// <returns>The folder, and whether anything was changed in it.</returns>
    /// <exception cref="KernelSpecException">The name is impossible, or belongs to a foreign kernelspec.</exception>
    public static (string Folder, bool Changed) Install(
        JupyterPaths paths, string name, string displayName, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> environment, bool force)
    {
        string folder = FolderOf(paths, name);
        string file = Path.Combine(folder, FileName);
        JsonObject spec = [];
        bool changed = false;
        if (File.Exists(file))
        {
            if (ReadJson(file) is { } existing && IsMadeHere(existing))
            {
                spec = existing;
            }
            else if (force)
            {
                string backup = Path.Combine(folder, BackupName);
                if (!File.Exists(backup))
                {
                    File.Copy(file, backup);
                }
            }
            else
            {
                throw new KernelSpecException(
                    $"{file} belongs to another kernel. With --force it is replaced and kept as {BackupName}; or give another --name.");
            }
        }
        spec["argv"] = new JsonArray([.. arguments.Append("kernel").Append("run").Append("{connection_file}").Select(word => JsonValue.Create(word))]);
        spec["display_name"] = displayName;
        spec["language"] = "C#";
        // A message reaches the kernel on every operating system; a signal does not exist on Windows.
        spec["interrupt_mode"] = "message";
        if (environment.Count > 0 || spec.ContainsKey("env"))
        {
            JsonObject variables = spec["env"] as JsonObject ?? [];
            foreach ((string variable, string value) in environment)
            {
                variables[variable] = value;
            }
            spec["env"] = variables.Parent is null ? variables : variables.DeepClone();
        }
        JsonObject metadata = spec["metadata"]?.DeepClone() as JsonObject ?? [];
        metadata["debugger"] = false;
        metadata["deepdigits"] = new JsonObject { ["version"] = typeof(KernelSpec).Assembly.GetName().Version?.ToString(3) };
        spec["metadata"] = metadata;

        Directory.CreateDirectory(folder);
        changed |= WriteIfChanged(file, Encoding.UTF8.GetBytes(spec.ToJsonString(JsonText.Indented) + "\n"));
        changed |= WriteIfChanged(Path.Combine(folder, LogoName), Logo());
        return (folder, changed);
    }

    /// <summary>Removes what <see cref="Install"/> wrote, and nothing else.</summary>
    /// <returns>The folder; null if there was nothing of ours.</returns>
    /// <exception cref="KernelSpecException">The kernelspec of this name is not ours.</exception>
    public static string? Uninstall(JupyterPaths paths, string name)
    {
        string folder = FolderOf(paths, name);
        string file = Path.Combine(folder, FileName);
        if (!File.Exists(file))
        {
            return null;
        }
        if (ReadJson(file) is not { } spec || !IsMadeHere(spec))
        {
            throw new KernelSpecException($"{file} belongs to another kernel; it is left alone.");
        }
        File.Delete(file);
        string logo = Path.Combine(folder, LogoName), backup = Path.Combine(folder, BackupName);
        if (File.Exists(logo) && File.ReadAllBytes(logo).AsSpan().SequenceEqual(Logo()))
        {
            File.Delete(logo);
        }
        if (File.Exists(backup))
        {
            File.Move(backup, file);
        }
        if (Directory.GetFileSystemEntries(folder).Length == 0)
        {
            Directory.Delete(folder);
        }
        return folder;
    }

    static string FolderOf(JupyterPaths paths, string name)
    {
        ArgumentNullException.ThrowIfNull(paths);
        ArgumentNullException.ThrowIfNull(name);
        return NamePattern().IsMatch(name) && name is not "." and not ".."
            ? Path.Combine(paths.UserKernels, name)
            : throw new KernelSpecException($"'{name}' is no name for a kernelspec: only letters, digits, '.', '_' and '-' may be in it.");
    }

    static KernelSpec? Read(string folder)
    {
        if (ReadJson(Path.Combine(folder, FileName)) is not { } spec)
        {
            return null;
        }
        return new KernelSpec(
            Path.GetFileName(folder),
            folder,
            MultilineText.Join(spec["display_name"]) ?? "",
            MultilineText.Join(spec["language"]) ?? "",
            [.. (spec["argv"] as JsonArray ?? []).Select(MultilineText.Join).OfType<string>()],
            IsMadeHere(spec));
    }

    static JsonObject? ReadJson(string file)
    {
        try
        {
            return JsonNode.Parse(File.ReadAllBytes(file), documentOptions: JsonText.Strict) as JsonObject;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    static bool IsMadeHere(JsonObject spec) => (spec["metadata"] as JsonObject)?["deepdigits"] is not null;

    static bool WriteIfChanged(string file, byte[] content)
    {
        if (File.Exists(file) && File.ReadAllBytes(file).AsSpan().SequenceEqual(content))
        {
            return false;
        }
        AtomicFile.Write(file, content);
        return true;
    }

    static byte[] Logo()
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("DeepDigits.Jupyter.Protocol." + LogoName)!;
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return copy.ToArray();
    }

    [GeneratedRegex(@"^[A-Za-z0-9._-]{1,100}\z")]
    private static partial Regex NamePattern();
}

/// <summary>A kernelspec cannot be installed or removed. The message says why and what to do.</summary>
public sealed class KernelSpecException(string message) : Exception(message);
