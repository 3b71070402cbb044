; The setup.exe of an app. @name@ is a text of the app, escaped; a line that begins with @@ is a block of lines.
; Variables: $R0 code of a program that was run, $R1 version that is there, $0-$9 short-lived.
Unicode true
@@head@@
CRCCheck force
ManifestDPIAware true
ManifestSupportedOS all
AllowRootDirInstall false
AllowSkipFiles off
ShowInstDetails nevershow
ShowUninstDetails nevershow
Name "@product@" "@product_doubled@"
BrandingText "@product@ @version@"
OutFile "made.exe"

!include MUI2.nsh
!include LogicLib.nsh
!include FileFunc.nsh
!include WordFunc.nsh
!include x64.nsh
!include Win\COM.nsh
!include Win\Propkey.nsh

!define UNINSTALL_KEY "Software\Microsoft\Windows\CurrentVersion\Uninstall\@identifier@"
!define WEBVIEW_KEY "SOFTWARE\Microsoft\EdgeUpdate\Clients\@webview_client@"
; What Windows calls them: https://learn.microsoft.com/windows/win32/debug/system-error-codes
!define SHARING_VIOLATION 32
!define ELEVATION_REQUIRED 740
!define REFUSED_WITH_RIGHTS 1625
!define PLATFORM_UNSUPPORTED 1633
!define NEWER_INSTALLED 1638

Var CommandLine
Var AppArguments
Var IsPassive
Var IsUpdate
Var ForAll
Var IsElevated
Var WasThere
Var RemovesData
Var DataBox
Var OldFolder
!if "${INSTALL_MODE}" == "both"
  Var ModeUser
  Var ModeAll
  Var GivenFolder
!endif

@@hooks@@

; ── pages ───────────────────────────────────────────────────────────────────────────────────
@@pictures@@
!define MUI_ABORTWARNING
!define MULTIUSER_INSTALLMODEPAGE
!define MUI_LANGDLL_ALLLANGUAGES
!define MUI_PAGE_CUSTOMFUNCTION_PRE SkipWhenAnswered
!insertmacro MUI_PAGE_WELCOME
@@licence@@
!if "${INSTALL_MODE}" == "both"
  Page custom ModePage ModeLeave
!endif
!define MUI_PAGE_CUSTOMFUNCTION_PRE SkipWhenPassive
!insertmacro MUI_PAGE_DIRECTORY
!define MUI_PAGE_CUSTOMFUNCTION_PRE CloseWhenPassive
!insertmacro MUI_PAGE_INSTFILES
!ifdef LAUNCH
  !define MUI_FINISHPAGE_RUN
  !define MUI_FINISHPAGE_RUN_FUNCTION LaunchApp
!endif
!define MUI_PAGE_CUSTOMFUNCTION_PRE SkipWhenPassive
!insertmacro MUI_PAGE_FINISH

!define MUI_PAGE_CUSTOMFUNCTION_PRE un.SkipWhenAnswered
!insertmacro MUI_UNPAGE_CONFIRM
UninstPage custom un.DataPage un.DataLeave
!define MUI_PAGE_CUSTOMFUNCTION_PRE un.CloseWhenPassive
!insertmacro MUI_UNPAGE_INSTFILES

@@languages@@

; ── what installer and uninstaller share ────────────────────────────────────────────────────
!macro SetView
  !ifdef APP_64
    SetRegView 64
  !else
    SetRegView 32
  !endif
!macroend

!macro SetContext
  ${If} $ForAll == 1
    SetShellVarContext all
  ${Else}
    SetShellVarContext current
  ${EndIf}
!macroend

!macro Leave code
  SetErrorLevel ${code}
  Quit
!macroend

!macro HasWord un variable word
  Push "${word}"
  Call ${un}HasWord
  Pop ${variable}
!macroend

; Rights are asked for by starting the same program anew; the words after which it must not happen twice.
!macro Elevate program words
  ClearErrors
  ExecShellWait "runas" "${program}" '${words}'
!macroend

!macro Shared un
; With rights, nothing may lie where a program without them could put or rename something: plug-ins, what is
; carried, what is downloaded. NSIS makes its folder for administrators alone, but in the user's own one for
; temporary files; the machine's lets nobody rename what is another's. Before any plug-in runs. The registry of
; a service opens to administrators only.
Function ${un}UseSafeFolder
  EnumRegKey $0 HKU "S-1-5-19" 0
  ${If} $ForAll == 1
  ${OrIf} $0 != ""
    UnsafeStrCpy $TEMP "$WINDIR\Temp"
    System::Call 'kernel32::SetEnvironmentVariable(t "TEMP", t "$TEMP")'
    System::Call 'kernel32::SetEnvironmentVariable(t "TMP", t "$TEMP")'
    ; A user's variable that makes .NET load a library.
    System::Call 'kernel32::SetEnvironmentVariable(t "COR_ENABLE_PROFILING", p 0)'
  ${EndIf}
  ; Whether rights were lent: TokenElevationTypeFull. Where every program of the user has them, none are.
  StrCpy $IsElevated 0
  System::Call 'kernel32::GetCurrentProcess()p.r0'
  System::Call 'advapi32::OpenProcessToken(p r0, i 8, *p.r1)i.r0'
  ${If} $0 <> 0
    System::Call 'advapi32::GetTokenInformation(p r1, i 18, *i.r2, i 4, *i.r3)i.r0'
    ${If} $0 <> 0
    ${AndIf} $2 = 2
      StrCpy $IsElevated 1
    ${EndIf}
    System::Call 'kernel32::CloseHandle(p r1)'
  ${EndIf}
FunctionEnd

Function ${un}HasWord
  Exch $0
  Push $1
  Push $2
  Push $3
  StrCpy $0 " $0 "
  StrLen $1 $0
  StrCpy $2 0
  ${Do}
    StrCpy $3 $CommandLine $1 $2
    ${If} $3 == ""
      StrCpy $0 0
      ${Break}
    ${ElseIf} $3 == $0
      StrCpy $0 1
      ${Break}
    ${EndIf}
    IntOp $2 $2 + 1
  ${Loop}
  Pop $3
  Pop $2
  Pop $1
  Exch $0
FunctionEnd

; All that follows /ARGS is the app's, whatever it looks like.
Function ${un}ReadCommandLine
  ${GetParameters} $CommandLine
  StrCpy $CommandLine " $CommandLine "
  StrCpy $AppArguments ""
  StrLen $1 $CommandLine
  StrCpy $0 0
  ${DoWhile} $0 < $1
    StrCpy $2 $CommandLine 7 $0
    ${If} $2 == " /ARGS "
      IntOp $2 $0 + 7
      StrCpy $AppArguments $CommandLine "" $2
      StrCpy $CommandLine $CommandLine $0
      StrCpy $CommandLine "$CommandLine "
      ${Break}
    ${EndIf}
    IntOp $0 $0 + 1
  ${Loop}
  !insertmacro HasWord "${un}" $IsPassive "/P"
  !insertmacro HasWord "${un}" $IsUpdate "/UPDATE"
FunctionEnd

Function ${un}SkipWhenPassive
  ${If} $IsPassive == 1
    Abort
  ${EndIf}
FunctionEnd

; Whoever was asked for rights has seen the first pages.
Function ${un}SkipWhenAnswered
  !insertmacro HasWord "${un}" $0 "/ELEVATED"
  ${If} $0 == 1
    Abort
  ${EndIf}
  Call ${un}SkipWhenPassive
FunctionEnd

Function ${un}CloseWhenPassive
  ${If} $IsPassive == 1
    SetAutoClose true
  ${EndIf}
FunctionEnd

; Windows lets nobody write to a program that runs. An update comes when the app is about to end: it waits.
Function ${un}WaitForApp
  StrCpy $2 0
  ${Do}
    ${IfNot} ${FileExists} "$INSTDIR\@executable@"
      ${Break}
    ${EndIf}
    ClearErrors
    FileOpen $0 "$INSTDIR\@executable@" a
    ${IfNot} ${Errors}
      FileClose $0
      ${Break}
    ${EndIf}
    ${If} $2 < 20
      Sleep 250
      IntOp $2 $2 + 1
    ${Else}
      MessageBox MB_RETRYCANCEL|MB_ICONEXCLAMATION "$(text_running)" /SD IDCANCEL IDRETRY +3
        SetErrorLevel ${SHARING_VIOLATION}
        Quit
    ${EndIf}
  ${Loop}
FunctionEnd
!macroend
!insertmacro Shared ""
!insertmacro Shared "un."

; ── beginning ───────────────────────────────────────────────────────────────────────────────
Function .onInit
  Call ReadCommandLine
  StrCpy $WasThere ""
  StrCpy $OldFolder ""
  !insertmacro SetView
  Call ChooseScope
  Call UseSafeFolder
  !ifdef APP_64
    ${IfNot} ${RunningX64}
      MessageBox MB_OK|MB_ICONSTOP "$(text_wrong_machine)" /SD IDOK
      !insertmacro Leave ${PLATFORM_UNSUPPORTED}
    ${EndIf}
  !endif
  !ifdef APP_ARM
    ${IfNot} ${IsNativeARM64}
      MessageBox MB_OK|MB_ICONSTOP "$(text_wrong_machine)" /SD IDOK
      !insertmacro Leave ${PLATFORM_UNSUPPORTED}
    ${EndIf}
  !endif
  !ifdef LANGUAGE_SELECTOR
    ${GetOptions} $CommandLine "/LANG=" $0
    ${If} ${Errors}
    ${AndIfNot} ${Silent}
    ${AndIf} $IsPassive == 0
      !insertmacro MUI_LANGDLL_DISPLAY
    ${EndIf}
  !endif
  ${GetOptions} $CommandLine "/LANG=" $0
  ${IfNot} ${Errors}
    StrCpy $LANGUAGE $0
  ${EndIf}
  Call CheckRights
  Call ChooseFolder
  !if "${INSTALL_MODE}" != "both"
    ; Before any page; with a choice, the section asks.
    Call RefuseLentRights
    Call RefuseNewer
  !endif
FunctionEnd

; For whom, by words and by what is there. No plug-in: it runs before there is a safe folder for one.
Function ChooseScope
  !if "${INSTALL_MODE}" == "current_user"
    StrCpy $ForAll 0
  !else if "${INSTALL_MODE}" == "per_machine"
    StrCpy $ForAll 1
  !else
    StrCpy $GivenFolder $INSTDIR
    !insertmacro HasWord "" $ForAll "/ALLUSERS"
    !insertmacro HasWord "" $1 "/CURRENTUSER"
    ${If} $ForAll == 0
    ${AndIf} $1 == 0
      ReadRegStr $2 HKLM "@registry_key@" "InstallDir"
      ReadRegStr $3 HKCU "@registry_key@" "InstallDir"
      ${If} $2 != ""
      ${AndIf} $3 == ""
        StrCpy $ForAll 1
      ${EndIf}
    ${EndIf}
  !endif
FunctionEnd

Function CheckRights
  UserInfo::GetAccountType
  Pop $0
  ${If} $ForAll == 1
  ${AndIf} $0 != "Admin"
    !if "${INSTALL_MODE}" == "both"
      !insertmacro HasWord "" $1 "/ELEVATED"
      ${If} ${Silent}
      ${OrIf} $1 == 1
        !insertmacro Leave ${ELEVATION_REQUIRED}
      ${EndIf}
      !insertmacro HasWord "" $1 "/ALLUSERS"
      ${If} $IsPassive == 1
      ${OrIf} $1 == 1
        Call Elevate
        !insertmacro Leave ${ELEVATION_REQUIRED}
      ${EndIf}
    !else
      !insertmacro Leave ${ELEVATION_REQUIRED}
    !endif
  ${EndIf}
  !insertmacro SetContext
FunctionEnd

!if "${INSTALL_MODE}" == "both"
; Returns only when the user said no.
Function Elevate
  StrCpy $0 "$CommandLine/ALLUSERS /ELEVATED /LANG=$LANGUAGE"
  ${If} $AppArguments != ""
    StrCpy $0 "$0 /ARGS $AppArguments"
  ${EndIf}
  ${If} $GivenFolder != ""
    StrCpy $0 "$0 /D=$GivenFolder"
  ${EndIf}
  !insertmacro Elevate "$EXEPATH" "$0"
  ${IfNot} ${Errors}
    Quit
  ${EndIf}
FunctionEnd
!endif

; The folder of before, unless /D= names one. With rights that were lent, no place that a program without them
; could have written.
Function ChooseFolder
  ${If} $INSTDIR == ""
  ${AndIfNot} $ForAll$IsElevated == "01"
    ReadRegStr $INSTDIR SHCTX "@registry_key@" "InstallDir"
  ${EndIf}
  ${If} $INSTDIR == ""
    ${If} $ForAll == 1
      StrCpy $INSTDIR "${PROGRAMS}\@folder@"
    ${Else}
      StrCpy $INSTDIR "$LOCALAPPDATA\Programs\@folder@"
    ${EndIf}
  ${EndIf}
FunctionEnd

!if "${INSTALL_MODE}" == "both"
Function ModePage
  !insertmacro HasWord "" $0 "/ELEVATED"
  ${If} $IsPassive == 1
  ${OrIf} $0 == 1
    Abort
  ${EndIf}
  !insertmacro MUI_HEADER_TEXT "$(MULTIUSER_TEXT_INSTALLMODE_TITLE)" "$(MULTIUSER_TEXT_INSTALLMODE_SUBTITLE)"
  nsDialogs::Create 1018
  Pop $0
  ${NSD_CreateLabel} 0 0 100% 30u "$(MULTIUSER_INNERTEXT_INSTALLMODE_TOP)"
  Pop $0
  ${NSD_CreateRadioButton} 10u 45u 100% 12u "$(MULTIUSER_INNERTEXT_INSTALLMODE_ALLUSERS)"
  Pop $ModeAll
  ${NSD_CreateRadioButton} 10u 65u 100% 12u "$(MULTIUSER_INNERTEXT_INSTALLMODE_CURRENTUSER)"
  Pop $ModeUser
  ${If} $ForAll == 1
    ${NSD_Check} $ModeAll
  ${Else}
    ${NSD_Check} $ModeUser
  ${EndIf}
  nsDialogs::Show
FunctionEnd

Function ModeLeave
  StrCpy $R2 $ForAll
  ${NSD_GetState} $ModeAll $ForAll
  UserInfo::GetAccountType
  Pop $1
  ${If} $ForAll == 1
  ${AndIf} $1 != "Admin"
    HideWindow
    Call Elevate
    ShowWindow $HWNDPARENT ${SW_SHOW}
    StrCpy $ForAll $R2
    Abort
  ${EndIf}
  ${If} $ForAll != $R2
    !insertmacro SetContext
    StrCpy $INSTDIR ""
    Call ChooseFolder
  ${EndIf}
FunctionEnd
!endif

; ── installation ────────────────────────────────────────────────────────────────────────────
Function RefuseNewer
  !ifndef ALLOW_DOWNGRADES
    ReadRegStr $R1 SHCTX "@registry_key@" "VersionOrder"
    ; lstrcmp: texts as they are, not as numbers.
    System::Call 'kernel32::lstrcmpW(w R1, w "@version_order@")i.r0'
    ${If} $R1 != ""
    ${AndIf} $0 > 0
      ReadRegStr $R1 SHCTX "${UNINSTALL_KEY}" "DisplayVersion"
      MessageBox MB_OK|MB_ICONSTOP "$(text_newer)" /SD IDOK
      !insertmacro Leave ${NEWER_INSTALLED}
    ${EndIf}
  !endif
FunctionEnd

; For one user, the registry names what is there; any program of that user's may have written it. With rights
; that were lent it is not run.
Function RefuseLentRights
  ReadRegStr $0 SHCTX "${UNINSTALL_KEY}" "InstallLocation"
  ${If} $0 != ""
  ${AndIf} $ForAll$IsElevated == "01"
    MessageBox MB_OK|MB_ICONSTOP "$(text_rights)" /SD IDOK
    !insertmacro Leave ${REFUSED_WITH_RIGHTS}
  ${EndIf}
FunctionEnd

Function RemoveOlder
  ${If} $ForAll$IsElevated == "01"
    Return
  ${EndIf}
  ReadRegStr $OldFolder SHCTX "${UNINSTALL_KEY}" "InstallLocation"
  ${If} $OldFolder != ""
  ${AndIf} ${FileExists} "$OldFolder\uninstall.exe"
    StrCpy $WasThere 1
    DetailPrint "$(text_removing)"
    ; It runs where it lies, so that we can wait for it, and is removed by us.
    ClearErrors
    ExecWait '"$OldFolder\uninstall.exe" /S /UPDATE _?=$OldFolder' $R0
    ${If} ${Errors}
    ${OrIf} $R0 != 0
      MessageBox MB_OK|MB_ICONSTOP "$(text_remove_failed)" /SD IDOK
      Abort
    ${EndIf}
    Delete "$OldFolder\uninstall.exe"
    RMDir "$OldFolder"
  ${EndIf}
FunctionEnd

Function InstallWebview
  !ifdef WEBVIEW
    SetRegView 32
    ReadRegStr $R1 HKLM "${WEBVIEW_KEY}" "pv"
    ${If} $R1 == ""
    ${OrIf} $R1 == "0.0.0.0"
      ReadRegStr $R1 HKCU "${WEBVIEW_KEY}" "pv"
    ${EndIf}
    !insertmacro SetView
    ${VersionCompare} "0$R1" "0@webview_minimum@" $0
    ${If} $R1 == ""
    ${OrIf} $R1 == "0.0.0.0"
    ${OrIf} $0 == 2
      DetailPrint "$(text_webview)"
      InitPluginsDir
      @@webview@@
      ${If} $R0 != 0
        MessageBox MB_OK|MB_ICONSTOP "$(text_webview_failed)" /SD IDOK
        Abort
      ${EndIf}
    ${EndIf}
  !endif
FunctionEnd

; Notifications and the task bar know the app by this name.
Function NameShortcut
  Exch $9
  System::Store S
  !insertmacro ComHlpr_CreateInProcInstance ${CLSID_ShellLink} ${IID_IShellLink} r0 ""
  ${If} $0 P<> 0
    ${IUnknown::QueryInterface} $0 '("${IID_IPersistFile}",.r1)'
    ${If} $1 P<> 0
      ${IPersistFile::Load} $1 '("$9",${STGM_READWRITE})'
      ${IUnknown::QueryInterface} $0 '("${IID_IPropertyStore}",.r2)'
      ${If} $2 P<> 0
        System::Call 'oleaut32::SysAllocString(w "@identifier@")p.r3'
        System::Call '*${SYSSTRUCT_PROPERTYKEY}(${PKEY_AppUserModel_ID})p.r4'
        System::Call '*${SYSSTRUCT_PROPVARIANT}(${VT_BSTR},,p r3)p.r5'
        ${IPropertyStore::SetValue} $2 '($4,$5)'
        ${IPropertyStore::Commit} $2 ""
        ${IPersistFile::Save} $1 '("$9",1)'
        System::Call 'oleaut32::SysFreeString(p r3)'
        System::Free $4
        System::Free $5
        ${IUnknown::Release} $2 ""
      ${EndIf}
      ${IUnknown::Release} $1 ""
    ${EndIf}
    ${IUnknown::Release} $0 ""
  ${EndIf}
  System::Store L
  Pop $9
FunctionEnd

; A shortcut that the user has removed stays away when a version replaces another. Texts of the app do not go
; through macros, which would read quotation marks in them anew.
Function MakeShortcut
  Exch $9
  StrCpy $8 "$9\@folder@.lnk"
  !insertmacro HasWord "" $0 "/NS"
  ${If} $WasThere == 1
  ${AndIfNot} ${FileExists} $8
    StrCpy $0 1
  ${EndIf}
  ${If} $0 == 0
    SetOutPath "$INSTDIR"
    CreateDirectory $9
    CreateShortcut $8 "$INSTDIR\@executable@" "" "" "" SW_SHOWNORMAL "" "@about@"
    Push $8
    Call NameShortcut
  ${EndIf}
  Pop $9
FunctionEnd

Section
  Call RefuseLentRights
  Call RefuseNewer
  Call WaitForApp
  Call InstallWebview
  !ifmacrodef NSIS_HOOK_PREINSTALL
    !insertmacro NSIS_HOOK_PREINSTALL
  !endif
  Call RemoveOlder
  SetOutPath "$INSTDIR"
  @@files@@
  SetOutPath "$INSTDIR"
  WriteUninstaller "$INSTDIR\uninstall.exe"
  @@registry@@
  @@shortcuts@@
  System::Call 'shell32::SHChangeNotify(i 0x08000000, i 0, p 0, p 0)'
  !ifmacrodef NSIS_HOOK_POSTINSTALL
    !insertmacro NSIS_HOOK_POSTINSTALL
  !endif
SectionEnd

; An installer with rights must not lend them to the app: the desktop starts it, as the user who sits there.
Function LaunchApp
  SetOutPath "$INSTDIR"
  ${If} $ForAll == 1
  ${OrIf} $IsElevated == 1
    InitPluginsDir
    CreateShortcut "$PLUGINSDIR\start.lnk" "$INSTDIR\@executable@" "$AppArguments"
    Exec '"$WINDIR\explorer.exe" "$PLUGINSDIR\start.lnk"'
    Sleep 2000
  ${Else}
    Exec '"$INSTDIR\@executable@" $AppArguments'
  ${EndIf}
FunctionEnd

Function .onInstSuccess
  !insertmacro HasWord "" $0 "/R"
  ${If} $0 == 1
    ${If} ${Silent}
    ${OrIf} $IsPassive == 1
      Call LaunchApp
    ${EndIf}
  ${EndIf}
FunctionEnd

; ── removal ─────────────────────────────────────────────────────────────────────────────────
Function un.onInit
  Call un.ReadCommandLine
  !insertmacro SetView
  !insertmacro HasWord "un." $RemovesData "/PURGE"
  !if "${INSTALL_MODE}" == "both"
    ; The one that lies here; a folder may be spelled in several ways, so that one alone is it in any case.
    StrCpy $ForAll 0
    ReadRegStr $0 HKLM "@registry_key@" "InstallDir"
    ReadRegStr $1 HKCU "@registry_key@" "InstallDir"
    ${If} $0 == $INSTDIR
      StrCpy $ForAll 1
    ${ElseIf} $0 != ""
    ${AndIf} $1 == ""
      StrCpy $ForAll 1
    ${EndIf}
  !else
    !if "${INSTALL_MODE}" == "per_machine"
      StrCpy $ForAll 1
    !else
      StrCpy $ForAll 0
    !endif
  !endif
  Call un.UseSafeFolder
  !if "${INSTALL_MODE}" == "both"
    UserInfo::GetAccountType
    Pop $0
    ${If} $ForAll == 1
    ${AndIf} $0 != "Admin"
      !insertmacro HasWord "un." $1 "/ELEVATED"
      ${IfNot} ${Silent}
      ${AndIf} $1 == 0
        !insertmacro Elevate "$INSTDIR\uninstall.exe" "$CommandLine/ELEVATED"
        ${IfNot} ${Errors}
          Quit
        ${EndIf}
      ${EndIf}
      !insertmacro Leave ${ELEVATION_REQUIRED}
    ${EndIf}
  !endif
  !insertmacro SetContext
  ReadRegStr $0 SHCTX "@registry_key@" "Language"
  ${If} $0 != ""
    StrCpy $LANGUAGE $0
  ${EndIf}
FunctionEnd

Function un.DataPage
  ${If} $IsPassive == 1
    Abort
  ${EndIf}
  !insertmacro MUI_HEADER_TEXT "$(text_data_title)" ""
  nsDialogs::Create 1018
  Pop $0
  ${NSD_CreateLabel} 0 0 100% 30u "$(text_data_text)"
  Pop $0
  ${NSD_CreateCheckbox} 0 40u 100% 12u "$(text_data_box)"
  Pop $DataBox
  nsDialogs::Show
FunctionEnd

Function un.DataLeave
  ${NSD_GetState} $DataBox $RemovesData
FunctionEnd

Section "Uninstall"
  Call un.WaitForApp
  !ifmacrodef NSIS_HOOK_PREUNINSTALL
    !insertmacro NSIS_HOOK_PREUNINSTALL
  !endif
  SetOutPath "$TEMP"
  ReadRegStr $OldFolder SHCTX "@registry_key@" "InstallDir"
  @@removal@@
  ${If} $IsUpdate == 0
    @@shortcuts_removal@@
    ${If} $RemovesData == 1
      SetShellVarContext current
      RMDir /r "$APPDATA\@identifier@"
      RMDir /r "$LOCALAPPDATA\@identifier@"
      !insertmacro SetContext
    ${EndIf}
  ${EndIf}
  System::Call 'shell32::SHChangeNotify(i 0x08000000, i 0, p 0, p 0)'
  !ifmacrodef NSIS_HOOK_POSTUNINSTALL
    !insertmacro NSIS_HOOK_POSTUNINSTALL
  !endif
  ; The last of all: who waits for its end sees everything else gone.
  Delete "$INSTDIR\uninstall.exe"
  RMDir "$INSTDIR"
SectionEnd
